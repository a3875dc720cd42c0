"""The lab: a small internet on one machine, with the real server software of companies and faults that can be switched on."""
