use std::hint::black_box;

/// Compares all bytes in any case, so that the time shows at most their number.
pub fn equal(one: impl AsRef<[u8]>, other: impl AsRef<[u8]>) -> bool {
    let (one, other) = (one.as_ref(), other.as_ref());
    one.len() == other.len()
        && one.iter().zip(other).fold(0, |all, (a, b)| all | black_box(a ^ b)) == 0
}
