#include <axshell/shell.h>
#include "command.h"

void shell_init(char opens)
{
    shell_start_with(&command_set, opens);
}
