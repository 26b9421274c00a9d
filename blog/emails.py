"""The one spelling in which an e-mail address is kept and looked for."""

from email_validator import EmailNotValidError, validate_email


def fold_email(address: str) -> str:
    """The address in small letters, its domain as the network asks for it.

    Not casefold: info@faß.de would become info@fass.de, which is somebody else's. The result may be
    longer than the address.
    """
    local, at, domain = address.strip().rpartition("@")
    return f"{local.lower()}{at}{_folded_domain(domain)}"


def _folded_domain(domain: str) -> str:
    if not domain.isascii():
        try:
            found = validate_email(f"name@{domain}", check_deliverability=False)
        except EmailNotValidError:
            pass  # nobody can write to it; it only has to be equal to itself
        else:
            domain = found.ascii_domain or domain
    return domain.lower()
