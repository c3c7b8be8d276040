#include <axhal/hart.h>
#include <axlog/log.h>
#include <axruntime/runtime.h>

int main(void)
{
    print_line("Hello from Stillhart: %u harts, this is hart %lu", hart_count(),
               (unsigned long)this_hart()->id);
    return 0;
}
