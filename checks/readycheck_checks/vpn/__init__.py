"""What the VPN checks share: the OpenVPN packets, the verdict about a gateway, the way into the company network."""
