//! A certificate for MiniStack: the stack's policies refuse what does not come over TLS, as on AWS.

use std::fs;
use std::path::Path;

use super::Error;

/// The certificate, which is also what clients trust.
pub(super) const FILE: &str = "certificate.pem";
/// Its private key.
pub(super) const KEY: &str = "key.pem";

/// Writes a new one for this machine's loopback names into `folder`.
pub(super) fn write(folder: &Path) -> Result<(), Error> {
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let made = rcgen::generate_simple_self_signed(names)?;
    fs::write(folder.join(FILE), made.cert.pem())?;
    fs::write(folder.join(KEY), made.signing_key.serialize_pem())?;
    Ok(())
}
