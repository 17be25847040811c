export const summary =
	"Shows the live TCP connections of a network namespace: where each was going, where it went, whether that is\n" +
	"through the proxy, which of the present rules explains it, and whose it is. Where the rules that are there now would\n" +
	"have it go elsewhere, it says so. Changes nothing.";

export const examples = [
	["In a pod's network namespace, from the node, by a process of the pod", "--pid 4321"],
	["How many go by which rule, on the whole node", "--all --totals"],
	["What goes past the proxy, and what was made before the rules", "--netns my-pod --via past-proxy"],
	["What the present rules would decide otherwise, for programs", "--pid 4321 --otherwise --output json"],
	["What begins and ends", "--pid 4321 --direction inbound --watch"],
] as const;

export const notes = `Connections are those that conntrack tells of, and those that only have a socket here: made before anything
tracked connections, they have not sent anything since. WENT is where they really went:
  proxy:4140  by a redirection to this port, which the present rules have for the proxy's
  straight    where it was going
  here:4140   by a redirection to a port that is no proxy's by the present rules
  elsewhere   to another address
and NOW is what the present rules would do: the same, otherwise, or unknown where that hangs on what nobody can tell of
a connection that stands. OWNER is the program whose connection it is: of an inbound one the one that serves it here.

The object of --output json has, with --all, "unseen", the processes whose namespace could not be told, and a list of
namespaces; each has:
  netns        path, inode, name in /run/netns, processes, process (pid, command, container, pod)
  totals       connections, proxy, pastProxy, elsewhere, unknown, otherwise, ended (left out for being over), and byRule:
               how many there are that are alike to the rules, with those rules whole
  notRead      what could not be read, and why
  notes        what is worth knowing
  connections  direction, family, from, to, wentTo, via, redirectedTo, state, tracking (whole, midway, none, unread),
               owner and receiver (uid, and process: pid, command, container, pod), rule (name, table, chain, position),
               agrees (null where not known), now and why`;

export const exitStatus = `0 told, also where the rules would now decide otherwise, 1 something could not be read,
             64 bad input, 69 a table cannot be read for want of its program, 77 not permitted`;
