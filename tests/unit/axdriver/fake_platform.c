/* A machine whose harts have H and the AIA. */
#include <axhal/platform.h>
#include <stddef.h>

const struct platform *platform(void)
{
    static const struct platform machine = {.isa = "rv64imafdch_smaia_ssaia"};
    return &machine;
}
