#include <axhal/arch/cpu.h>
#include <axhal/arch/csr.h>
#include <axhal/arch/current.h>
#include <axhal/arch/layout.h>

struct fake_csrs fake_csr;
struct fake_cpu fake_cpu;
struct hart *fake_hart = NULL;
char *fake_image = NULL;
