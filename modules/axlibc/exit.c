/* exit(): the end of an app is the end of the machine. */
#include <axruntime/runtime.h>
#include <stdlib.h>
#include <unistd.h>

/* picolibc's exit() has called the functions that atexit() has, and comes here. */
void _exit(int status)
{
    runtime_end(status != 0);
}
