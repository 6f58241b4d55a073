//! Percent-encoding (RFC 3986, section 2.1), as SigV4 wants it: every byte but the unreserved
//! ones of section 2.3 becomes `%XX`, upper-case.

/// The longest that one byte becomes.
pub const LONGEST: usize = 3;

const TABLE: [([u8; LONGEST], u8); 256] = {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut table = [([0; LONGEST], 0); 256];
    let mut byte = 0;
    while byte < 256 {
        let b = byte as u8;
        table[byte] = if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~') {
            ([b, 0, 0], 1)
        } else {
            ([b'%', HEX[byte / 16], HEX[byte % 16]], 3)
        };
        byte += 1;
    }
    table
};

/// How long `text` is when encoded.
pub fn encoded_len(text: &str) -> usize {
    text.bytes().map(|b| usize::from(TABLE[usize::from(b)].1)).sum()
}

/// What `byte` becomes, in the first bytes of three, and how many they are. Fixed-size on purpose:
/// a caller that copies all three and then moves on by the length needs no branch.
pub fn encode(byte: u8) -> ([u8; LONGEST], usize) {
    let (text, len) = TABLE[usize::from(byte)];
    (text, usize::from(len))
}

/// The byte that `%XX`, in either case, stands for; `None` if it is malformed.
pub fn decode(escape: &[u8]) -> Option<u8> {
    let &[b'%', high, low] = escape else { return None };
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}
