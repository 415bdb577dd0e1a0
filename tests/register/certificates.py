"""A certificate for the loopback addresses, made when a register starts."""

import subprocess


def make_certificate(folder, hosts):
    """Returns (certificate, key): the certificate is its own authority, good for `hosts` (addresses) for two days."""
    certificate, key = folder / "register.crt", folder / "register.key"
    names = ",".join([f"IP:{host}" for host in hosts] + ["DNS:localhost"])
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=Local register for tests", "-addext", f"subjectAltName={names}",
         "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key
