"""What the checks of mail, chat, phone and sign-in share: how a server of an app is asked, and whose its silence is."""
