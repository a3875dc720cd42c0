"""SIP telephones: one harmless request over each transport, what the way did to it, and the verdict."""
