"""Opens TCP connections as fast as one process can, one after the other.

    connections.py serve ADDRESS PORT    accepts and closes, until it is ended; says "ready" first
    connections.py dial ADDRESS PORT     for each number on standard input, makes so many connections and answers with
                                         the milliseconds they took

Both ends keep to the first processor: which of two the scheduler picks makes more of a difference than a thousand rules.
A dialled connection ends with a reset (SO_LINGER of zero), so that none lingers and ports do not run out.
"""

import os
import socket
import struct
import sys
import time

RESET = struct.pack("ii", 1, 0)
TIME_LIMIT = 5  # seconds for a connection


def serve(address):
    with socket.create_server(address, backlog=1024) as listener:
        print("ready", flush=True)
        while True:
            connection, _ = listener.accept()
            connection.close()


def dial(address):
    for line in sys.stdin:
        began = time.perf_counter()
        for _ in range(int(line)):
            with socket.socket() as connection:
                connection.settimeout(TIME_LIMIT)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                connection.connect(address)
        print((time.perf_counter() - began) * 1000, flush=True)


os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
mode, host, port = sys.argv[1:]
{"serve": serve, "dial": dial}[mode]((host, int(port)))
