#!/bin/sh
# The C compiler for the engine, as build.sh tells cargo: SHUNT_ENGINE_CC, but that quickjs.c leaves alone what is sealed
# (src/seal.rs). Four lines of it are other ones then; that there are such lines is made sure of, since a newer engine may
# look different.
set -eu
native=$(dirname "$(readlink -f "$0")")

sealing='
s/^#define JS_ARENA_SIZE  *4096$/#define JS_ARENA_SIZE shunt_arena_size/
s/^#define JS_REF_COUNT(p) (js_rc(p)->ref_count)$/#define JS_REF_COUNT(p) (*shunt_count_of(\&js_rc(p)->ref_count))/
s/^    list_add(&ar->link, &rt->arena_state.arena_list\[block_size_idx\]);$/    shunt_list_alone(\&ar->link);/
/^static void js_arena_free(JSRuntime \*rt, void \*ptr)$/,/^}$/ s/^    if (!ptr)$/    if (!ptr || shunt_is_sealed(ptr))/
'

for argument; do
	shift
	case $argument in
	*/quickjs.c)
		sealed=$(dirname "$argument")/quickjs-sealed.c
		sed "$sealing" "$argument" >"$sealed"
		[ "$(grep -c shunt_ "$sealed")" = 4 ] || {
			echo "engine-cc.sh: $argument does not count references, or get and free what is small, as the engine did that this was made for" >&2
			exit 1
		}
		set -- "$@" -include "$native/sealed-counts.h" "$sealed"
		;;
	# Regular expressions, their tables and numbers as text: little of a run, and smaller so.
	*/libregexp.c | */libunicode.c | */dtoa.c) set -- "$@" -Os "$argument" ;;
	*) set -- "$@" "$argument" ;;
	esac
done
exec "$SHUNT_ENGINE_CC" "$@"
