#!/bin/sh
# The C compiler for the engine, as build.sh tells cargo: SHUNT_ENGINE_CC, but that quickjs.c is changed as engine.sed says.
# That it finds each line is made sure of, since a newer engine may look different.
set -eu
native=$(dirname "$(readlink -f "$0")")

# Lines that go and lines that come (diff(1)).
changed=46

for argument; do
	shift
	case $argument in
	*/quickjs.c)
		ours=$(dirname "$argument")/quickjs-shunt.c
		sed -f "$native/engine.sed" "$argument" >"$ours"
		found=$(diff "$argument" "$ours" | grep -c '^[<>]')
		[ "$found" = "$changed" ] || {
			echo "engine-cc.sh: engine.sed changes $found lines of $argument, and $changed of the engine that it was made for" >&2
			exit 1
		}
		set -- "$@" -include "$native/sealed-counts.h" -I "$native" "$ours"
		;;
	# Regular expressions, their tables and numbers as text: little of a run, and smaller so.
	*/libregexp.c | */libunicode.c | */dtoa.c) set -- "$@" -Os "$argument" ;;
	*) set -- "$@" "$argument" ;;
	esac
done
exec "$SHUNT_ENGINE_CC" "$@"
