"""Runs commands in fresh network namespaces and measures them.

One JSON request per line on standard input, one JSON answer per line on standard output:

    {"steps": [[COMMAND, ...], ...], "quota": MICROSECONDS}   steps one after the other, a step's commands side by side;
        with "before": STEPS, these run first in the same namespace and are not measured
    {"command": COMMAND, "count": N, "parallel": P}           N times, each in a namespace of its own, P at a time

A command is {"argv": [...], "stdin": FILE}; with "outside": true it starts in this program's own namespace, as what a container
runtime starts does, and CNI_NETNS is the path of the fresh one. Wall time runs from just before the first start to just after the last
end. CPU time is what wait4(2) says of each child and all that it waited for: user and system time of whole process
trees, to the microsecond (the kernel adjusts it to the scheduler's own clock).

Python only because it has posix_spawn(3), wait4(2) and a way to unshare(2), in one short process that runs nothing else.
"""

import ctypes
import json
import os
import signal
import sys
import time

NEW_NETWORK = 0x40000000  # CLONE_NEWNET
PERIOD = 100_000  # microseconds; what Kubernetes uses
TIME_LIMIT = 120  # seconds for a request
# Seconds in which whoever asked goes to sleep. Awake it holds a processor, and what should run side by side does not.
SETTLING = 0.01
# Who goes before all else (chrt -f) is made to wait, for 50 ms, where it leaves less than a twentieth of a second to others.
if os.sched_getscheduler(0) == os.SCHED_FIFO:
    SETTLING = 0.05

libc = ctypes.CDLL(None, use_errno=True)
home = os.open("/proc/self/ns/net", os.O_RDONLY)
running = set()
opened = []


def check(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def start(command, env):
    """The child is born into the namespace that this process is in, or outside of it."""
    inside = os.open("/proc/self/ns/net", os.O_RDONLY) if command.get("outside") else None
    if inside is None:
        return spawn(command, env)
    opened.append(inside)
    check(libc.setns(home, NEW_NETWORK))
    pid = spawn(command, {**env, "CNI_NETNS": f"/proc/{os.getpid()}/fd/{inside}"})
    check(libc.setns(inside, NEW_NETWORK))
    return pid


def spawn(command, env):
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, command.get("stdin") or os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    pid = os.posix_spawn(command["argv"][0], command["argv"], env, file_actions=actions)
    running.add(pid)
    return pid


def finish(pid, totals):
    pid, status, usage = os.wait4(pid, 0)
    running.discard(pid)
    totals["cpu"] += (usage.ru_utime + usage.ru_stime) * 1000
    totals["failures"] += status != 0


def run_steps(request):
    totals = {"cpu": 0.0, "failures": 0}
    time.sleep(SETTLING)
    check(libc.unshare(NEW_NETWORK))
    group = None
    try:
        for step in request.get("before") or []:
            for pid in [start(command, os.environ) for command in step]:
                finish(pid, totals)
        totals["cpu"] = 0.0
        group = Quota(request["quota"]) if request.get("quota") else None
        started = time.monotonic_ns()
        for step in request["steps"]:
            for pid in [start(command, os.environ) for command in step]:
                finish(pid, totals)
        wall = (time.monotonic_ns() - started) / 1e6
        if group:
            totals["throttled"] = group.throttled()
    finally:
        check(libc.setns(home, NEW_NETWORK))
        while opened:
            os.close(opened.pop())
        if group:
            group.remove()
    return {"wall": wall, **totals}


def run_many(request):
    """Each with a lock file of its own, as pods have: it lies in /run, which no two containers share."""
    totals = {"cpu": 0.0, "failures": 0}
    started = time.monotonic_ns()
    for number in range(request["count"]):
        if len(running) == request["parallel"]:
            finish(-1, totals)
        check(libc.unshare(NEW_NETWORK))
        lock = f"{os.environ['XTABLES_LOCKFILE']}-{number}"
        start(request["command"], {**os.environ, "XTABLES_LOCKFILE": lock})
    while running:
        finish(-1, totals)
    wall = (time.monotonic_ns() - started) / 1e6
    check(libc.setns(home, NEW_NETWORK))
    return {"wall": wall, **totals}


class Quota:
    """A control group in which this process and its children get so many microseconds of CPU time per PERIOD."""

    count = 0

    def __init__(self, microseconds):
        Quota.count += 1
        name = f"shunt-bench-{os.getpid()}-{Quota.count}"
        if os.path.exists("/sys/fs/cgroup/cgroup.controllers"):
            root = "/sys/fs/cgroup"
            write(f"{root}/cgroup.subtree_control", "+cpu")
            limits = {"cpu.max": f"{microseconds} {PERIOD}"}
            self.home = root + own_group("0::")
        else:
            root = "/sys/fs/cgroup/cpu"
            limits = {"cpu.cfs_period_us": PERIOD, "cpu.cfs_quota_us": microseconds}
            self.home = root + own_group(":cpu:", ":cpu,cpuacct:")
        self.path = f"{root}/{name}"
        os.mkdir(self.path)
        try:
            for file, value in limits.items():
                write(f"{self.path}/{file}", value)
            write(f"{self.path}/cgroup.procs", os.getpid())
        except OSError:
            os.rmdir(self.path)
            raise

    def throttled(self):
        """How many periods ended before their time (nr_throttled of cpu.stat)."""
        with open(f"{self.path}/cpu.stat") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("nr_throttled"))

    def remove(self):
        write(f"{self.home}/cgroup.procs", os.getpid())
        os.rmdir(self.path)


def own_group(*markers):
    with open("/proc/self/cgroup") as lines:
        for line in lines:
            for marker in markers:
                if marker in line:
                    return line.strip().split(":", 2)[2].rstrip("/")
    raise OSError(f"no control group of this process has a CPU controller ({', '.join(markers)})")


def write(path, value):
    with open(path, "w") as file:
        file.write(str(value))


def give_up(*_):
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    sys.exit(f"measure.py: nothing came to an end within {TIME_LIMIT} s")


signal.signal(signal.SIGALRM, give_up)
for line in sys.stdin:
    signal.alarm(TIME_LIMIT)
    asked = json.loads(line)
    try:
        answer = run_many(asked) if "count" in asked else run_steps(asked)
    except OSError as error:
        answer = {"error": str(error)}
    signal.alarm(0)
    print(json.dumps(answer), flush=True)
