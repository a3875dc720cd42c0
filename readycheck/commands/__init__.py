"""One command a module, each with main(arguments) -> exit code. Here everything is put together; nothing is judged."""
