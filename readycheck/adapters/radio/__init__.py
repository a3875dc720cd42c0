"""Wi-Fi as the commands of each system tell it. Pure readers of their output: none asks anything, none raises."""
