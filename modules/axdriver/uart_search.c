#include "uart_search.h"
#include <lib/assert.h>
#include <libfdt.h>
#include <string.h>

bool uart_search_add(struct uart_search *search, const struct tree_node *node,
                     const struct uart_driver *driver)
{
    if (search->count == UART_SEARCH_MAX)
        return false;
    struct uart_candidate *uart = &search->uarts[search->count];
    if (!driver->probe(node, &uart->config))
        return false;
    uart->config.driver = driver;
    uart->depth = 0;
    for (const struct tree_node *n = node; n->parent != NULL; n = n->parent)
        uart->depth++;
    ASSERT(uart->depth <= TREE_MAX_DEPTH);
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

/* stdout-path is a path or an alias, perhaps with options after a colon. False: too long. */
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

static const struct uart_candidate *find_path(const struct uart_search *s, const char *path)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (is_path(&s->uarts[i], path))
            return &s->uarts[i];
    return NULL;
}

/* NULL: the path names nothing. */
static const char *compatible_at(const void *fdt, const char *path)
{
    int node = path[0] == '/' ? fdt_path_offset(fdt, path) : -1;
    return node >= 0 ? fdt_stringlist_get(fdt, node, "compatible", 0, NULL) : NULL;
}

static const struct uart_candidate *find_console(const struct uart_search *s, const void *fdt,
                                                 const char **unknown)
{
    char path[128];
    if (s->stdout_path.data == NULL)
        return s->count > 0 ? &s->uarts[0] : NULL;
    if (!resolve_stdout(s, fdt, path, sizeof path))
        return NULL;
    const struct uart_candidate *console = find_path(s, path);
    if (console == NULL)
        *unknown = compatible_at(fdt, path);
    return console;
}

void uart_search_end(const struct uart_search *search, const void *fdt, struct hardware *hw)
{
    const struct uart_candidate *console = find_console(search, fdt, &hw->unknown_console);
    hw->has_uart = console != NULL;
    if (console != NULL)
        hw->uart = console->config;
}
