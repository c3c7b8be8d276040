#include "uart_search.h"
#include <libfdt.h>
#include <string.h>
#include "tree_irq.h"

static bool read_uart(const struct tree_node *node, struct uart_config *uart)
{
    *uart = (struct uart_config){
        .reg_shift = tree_cell(node, PROP_REG_SHIFT, 0, 0),
        .io_width = tree_cell(node, PROP_REG_IO_WIDTH, 0, 1),
        .irq = tree_irq(node),
    };
    uint32_t offset = tree_cell(node, PROP_REG_OFFSET, 0, 0);
    if (!tree_reg(node, 0, &uart->base, &uart->size) || offset > uart->size)
        return false;
    uart->base.a += offset;
    uart->size -= offset;
    return (uart->io_width == 1 || uart->io_width == 4) && uart->reg_shift <= 4 &&
           uart->size >= UINT64_C(8) << uart->reg_shift;
}

bool uart_search_add(struct uart_search *search, const struct tree_node *node)
{
    if (search->count == UART_SEARCH_MAX)
        return false;
    struct uart_candidate *uart = &search->uarts[search->count];
    if (!read_uart(node, &uart->config))
        return false;
    for (const struct tree_node *n = node; n->parent != NULL; n = n->parent)
        uart->depth++;
    uint32_t i = uart->depth;
    for (const struct tree_node *n = node; n->parent != NULL; n = n->parent)
        uart->names[--i] = n->name;
    search->count++;
    return true;
}

void uart_search_visit(struct uart_search *search, const struct tree_node *node)
{
    bool top = node->parent != NULL && node->parent->parent == NULL;
    if (top && strcmp(node->name, "chosen") == 0)
        search->stdout_path = tree_value(node, PROP_STDOUT_PATH);
    else if (top && strcmp(node->name, "aliases") == 0)
        search->aliases = node->offset;
}

/* One name of a path; without a unit address it stands for any. */
static bool is_name(const char *name, const char *part, size_t length)
{
    if (strncmp(name, part, length) != 0)
        return false;
    return name[length] == '\0' || (name[length] == '@' && memchr(part, '@', length) == NULL);
}

static bool is_path(const struct uart_candidate *uart, const char *path)
{
    uint32_t depth = 0;
    while (*path == '/') {
        size_t length = strcspn(++path, "/");
        if (depth == uart->depth || !is_name(uart->names[depth], path, length))
            return false;
        path += length;
        depth++;
    }
    return depth == uart->depth;
}

/* stdout-path is a path or an alias, perhaps with options behind a colon. False: too long. */
static bool resolve_stdout(const struct uart_search *s, const void *fdt, char *path, size_t room)
{
    const char *text = s->stdout_path.data;
    size_t length = strnlen(text, (size_t)s->stdout_path.size);
    const char *colon = memchr(text, ':', length);
    if (colon != NULL)
        length = (size_t)(colon - text);
    if (length > 0 && text[0] != '/') {
        int size = 0;
        text = fdt_getprop_namelen(fdt, s->aliases, text, (int)length, &size);
        length = text != NULL ? strnlen(text, (size_t)size) : 0;
    }
    if (length >= room)
        return false;
    memcpy(path, text != NULL ? text : "", length);
    path[length] = '\0';
    return true;
}

static const struct uart_candidate *find_console(const struct uart_search *s, const void *fdt)
{
    char path[128];
    if (s->stdout_path.data == NULL)
        return s->count > 0 ? &s->uarts[0] : NULL;
    if (!resolve_stdout(s, fdt, path, sizeof path))
        return NULL;
    for (uint32_t i = 0; i < s->count; i++)
        if (is_path(&s->uarts[i], path))
            return &s->uarts[i];
    return NULL;
}

bool uart_search_console(const struct uart_search *search, const void *fdt,
                         struct uart_config *uart)
{
    const struct uart_candidate *console = find_console(search, fdt);
    if (console != NULL)
        *uart = console->config;
    return console != NULL;
}
