use std::fmt;
use std::hint::black_box;

use zeroize::Zeroizing;

/// A token, as it stands behind `Authorization: Bearer`. It is a password: it is wiped when it is
/// dropped, and `Debug` does not show it.
#[derive(Clone)]
pub struct BearerToken(Zeroizing<String>);

impl BearerToken {
    pub(crate) fn new(token: String) -> Self {
        Self(Zeroizing::new(token))
    }

    /// The token itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(..)")
    }
}

/// Compares all bytes in any case, so that the time shows at most their number.
pub fn equal_in_constant_time(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).fold(0, |all, (a, b)| all | black_box(a ^ b)) == 0
}
