//! Percent-encoding (RFC 3986, section 2.1), as SigV4 wants it: every byte but the unreserved
//! ones of section 2.3 becomes `%XX`, upper-case.

/// The longest that one byte becomes.
pub const LONGEST: usize = 3;

/// What each byte becomes, and in the last place how long that is.
const TABLE: [[u8; LONGEST + 1]; 256] = {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut table = [[0; LONGEST + 1]; 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] =
            if is_unreserved(b) { [b, 0, 0, 1] } else { [b'%', HEX[byte / 16], HEX[byte % 16], 3] };
        byte += 1;
    }
    table
};

/// Without a branch, and with as few comparisons as do: the compiler makes vectors of it.
const fn is_unreserved(b: u8) -> bool {
    let in_range = b.is_ascii_alphabetic() | matches!(b, b'-'..=b'9');
    (in_range & (b != b'/')) | (b == b'_') | (b == b'~')
}

/// How long `text` is when encoded.
pub fn encoded_len(text: &[u8]) -> usize {
    let reserved = |b: &u8| u8::from(!is_unreserved(*b));
    // Blocks so short that a byte holds the count: a vector then counts 16 at a time.
    let (blocks, rest) = text.as_chunks::<128>();
    let in_blocks = blocks.iter().map(|block| usize::from(block.iter().map(reserved).sum::<u8>()));
    let in_rest = usize::from(rest.iter().map(reserved).sum::<u8>());
    text.len() + (LONGEST - 1) * (in_blocks.sum::<usize>() + in_rest)
}

/// As many bytes as [`encode`] takes at once.
pub const BLOCK: usize = 16;
/// Room that [`encode`] wants, more than it fills.
pub const ROOM: usize = 68;

/// Writes `text` encoded and returns how long it is.
///
/// Without a branch: all four bytes of each entry are copied, and the next goes over those that do
/// not count. The mask changes nothing; with it the compiler sees that no index is out of bounds.
pub fn encode(text: &[u8], out: &mut [u8; ROOM]) -> usize {
    let mut len = 0;
    for &byte in text {
        let entry = TABLE[usize::from(byte)];
        let at = len & 63;
        out[at..at + entry.len()].copy_from_slice(&entry);
        len += usize::from(entry[LONGEST]);
    }
    len
}

/// The byte that `%XX`, in either case, stands for; `None` if it is malformed.
pub fn decode(escape: &[u8]) -> Option<u8> {
    let &[b'%', high, low] = escape else { return None };
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}
