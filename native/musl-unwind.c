/*
 * What Rust's standard library wants of an unwinder to print a stack trace after a panic. This program ends at a panic
 * (panic = "abort"), without one. Debian's only static unwinder for this compiler, libgcc_eh.a, needs glibc.
 */
int _Unwind_Backtrace(void *function, void *argument)
{
	(void)function;
	(void)argument;
	return 5; /* _URC_END_OF_STACK */
}

unsigned long _Unwind_GetIP(void *context)
{
	(void)context;
	return 0;
}
