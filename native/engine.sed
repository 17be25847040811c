# What of quickjs.c is other than it came. engine-cc.sh makes sure that each of these finds what it was made for.

# References to what is sealed are counted in one place (sealed-counts.h), and it is never freed.
s/^#define JS_REF_COUNT(p) (js_rc(p)->ref_count)$/#define JS_REF_COUNT(p) (*shunt_count_of(\&js_rc(p)->ref_count))/
/^static JSValue js_dup(JSValueConst v)$/,/^}$/ s/^        JS_REF_COUNT(p)++;$/        if (!shunt_is_sealed(p))\n            js_rc(p)->ref_count++;/
/^void JS_FreeValueRT(/,/^}$/ s/(--JS_REF_COUNT(p) <= 0)/(!shunt_is_sealed(p) \&\& --js_rc(p)->ref_count <= 0)/
/^static void js_arena_free(JSRuntime \*rt, void \*ptr)$/,/^}$/ s/^    if (!ptr)$/    if (!ptr || shunt_is_sealed(ptr))/

# Arenas.
s/^#define JS_ARENA_SIZE  *4096$/#define JS_ARENA_SIZE shunt_arena_size/
s/^    list_add(&ar->link, &rt->arena_state.arena_list\[block_size_idx\]);$/    shunt_list_alone(\&ar->link);/

# Nobody asks how much memory is in use, which is looked up again wherever some is taken or given back: there is no limit to
# it, and a run ends long before a collection of cycles would be worth its time.
/^void \*js_[mc]alloc_rt(/,/^}$/ {
	/^    s->malloc_count++;$/d
	/^    s->malloc_size += js_arena_usable_size(rt, ptr) + MALLOC_OVERHEAD;$/d
}
/^void js_free_rt(/,/^}$/ {
	/^    JSMallocState \*s;$/d
	/^    s = &rt->malloc_state;$/d
	/^    size_t free_size = js_arena_usable_size(rt, ptr) + MALLOC_OVERHEAD;$/,/^    s->malloc_size -= free_size;$/d
}
/^void \*js_realloc_rt(/,/^}$/ {
	s/^    old_size = js_arena_usable_size(rt, ptr);$/    old_size = 0;/
	/^    s->malloc_size += js_arena_usable_size(rt, ptr) - old_size;$/d
}

# Maps: an integer's bits are the high ones of a double, and a pointer's lowest are the same for all, while the lowest of a hash
# choose the bucket. So all small integers were in one, and objects in a sixteenth of them.
/^static uint32_t map_hash_key(/,/^}$/ s/^    return h ^ ctx->hash_seed ^ hash32(tag);$/    return shunt_mixed(h) ^ ctx->hash_seed ^ hash32(tag);/

# Strings of bytes are compared by memcmp also where one is looked for in another.
/^static int string_cmp(/,/^}$/ s/^    int i, c1, c2;$/&\n    if (!p1->is_wide_char \&\& !p2->is_wide_char)\n        return memcmp(str8(p1) + x1, str8(p2) + x2, len);/

# What a run hardly ever comes to may be slower, for a smaller file: generators and the reading of bytecode, regular
# expressions, JSON and proxies, and all behind maps.
s/^\/\* Generators \*\/$/#pragma GCC push_options\n#pragma GCC optimize("Os")\n&/
s/^\/\* Object class \*\/$/#pragma GCC pop_options\n&/
s/^\/\* RegExp \*\/$/#pragma GCC push_options\n#pragma GCC optimize("Os")\n&/
s/^\/\* Set\/Map\/WeakSet\/WeakMap \*\/$/#pragma GCC pop_options\n&/
s/^\/\* Explicit resource management \*\/$/#pragma GCC optimize("Os")\n&/

# Short ways for what is done most (engine-shortcuts.h).
s/^static bool needs_backtrace(JSValue exc)$/#include "engine-shortcuts.h"\n&/
s/^static JSValue js_create_from_ctor(JSContext \*ctx, JSValueConst ctor,$/#undef js_dup\n#undef JS_FreeValue\n\n&/
/^        CASE(OP_define_field):$/,/^            BREAK;$/ s/JS_DefinePropertyValue(ctx, sp\[-2\], atom, sp\[-1\],/shunt_define_field(ctx, sp[-2], atom, sp[-1],/
