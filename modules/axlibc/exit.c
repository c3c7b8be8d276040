/* exit(): the end of an app is the end of the machine. */
#include <axruntime/runtime.h>
#include <stdlib.h>
#include <unistd.h>

/* picolibc's exit() has called what atexit() was given, and comes here. */
void _exit(int status)
{
    runtime_end(status != 0);
}
