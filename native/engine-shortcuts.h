/* Short ways through the engine for what a run does thousands of times: part of quickjs.c by engine-cc.sh, and behind what they
   use of it. Each does what the long way does. */

/* A field of an object literal: a plain object that is being made, of which nobody knows yet. As JS_DefinePropertyValue comes
   to add_property by way of JS_DefineProperty and JS_CreateProperty. Takes over `value`. */
static int shunt_define_field(JSContext *ctx, JSValueConst object, JSAtom name, JSValue value, int flags)
{
	JSObject *p = JS_VALUE_GET_OBJ(object);

	if (likely(p->class_id == JS_CLASS_OBJECT && p->extensible && !find_own_property1(p, name))) {
		JSProperty *property = add_property(ctx, p, name, JS_PROP_C_W_E);

		if (unlikely(!property)) {
			JS_FreeValue(ctx, value);
			return -1;
		}
		property->u.value = value;
		return true;
	}
	return JS_DefinePropertyValue(ctx, object, name, value, flags);
}

/* The characters of a string of which each is a byte, or NULL. Until `*held` is freed by whoever asks; it is an exception where
   there is none to be had. */
const uint8_t *shunt_bytes_of(JSContext *ctx, JSValueConst string, size_t *length, JSValue *held)
{
	JSString *p;

	*held = js_force_tostring(ctx, string);
	if (JS_IsException(*held))
		return NULL;
	p = JS_VALUE_GET_STRING(*held);
	*length = p->len;
	return p->is_wide_char ? NULL : str8(p);
}

/* A string of which each character is a byte. */
JSValue shunt_string_of(JSContext *ctx, const uint8_t *bytes, size_t length)
{
	if (length > JS_STRING_LEN_MAX)
		return JS_ThrowRangeError(ctx, "invalid string length");
	return length == 0 ? js_empty_string(ctx->rt) : js_new_string8_len(ctx, (const char *)bytes, (int)length);
}

/* Each bit of the answer depends on all of `h`: the last steps of MurmurHash3 (fmix32), which map_hash_key leaves out. */
static uint32_t shunt_mixed(uint32_t h)
{
	h = (h ^ (h >> 16)) * 0x85ebca6b;
	h = (h ^ (h >> 13)) * 0xc2b2ae35;
	return h ^ (h >> 16);
}

/* Both without a call, in the interpreter itself: thousands of each, of which most find something sealed. */
static inline __attribute__((always_inline)) JSValue shunt_dup(JSValueConst value)
{
	if (JS_VALUE_HAS_REF_COUNT(value)) {
		void *p = JS_VALUE_GET_PTR(value);

		if (!shunt_is_sealed(p))
			js_rc(p)->ref_count++;
	}
	return unsafe_unconst(value);
}

static inline __attribute__((always_inline)) void shunt_free_value(JSContext *ctx, JSValue value)
{
	if (JS_VALUE_HAS_REF_COUNT(value)) {
		void *p = JS_VALUE_GET_PTR(value);

		if (!shunt_is_sealed(p) && --js_rc(p)->ref_count <= 0)
			js_free_value_rt(ctx->rt, value);
	}
}

#define js_dup shunt_dup
#define JS_FreeValue shunt_free_value
