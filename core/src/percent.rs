//! Percent-encoding (RFC 3986, section 2.1), as SigV4 wants it: every byte but the unreserved
//! ones of section 2.3 becomes `%XX`, upper-case.

/// The longest that one byte becomes.
pub const LONGEST: usize = 3;

/// Without a branch, so that the compiler makes vectors of it.
const fn is_unreserved(b: u8) -> bool {
    let in_range = is_between(b | 0x20, b'a', b'z') | is_between(b, b'-', b'9');
    (in_range & (b != b'/')) | (b == b'_') | (b == b'~')
}

/// By a signed comparison, the only one that SSE2 has to order bytes: `first` becomes the lowest.
const fn is_between(b: u8, first: u8, last: u8) -> bool {
    let lowest = i8::MIN.cast_unsigned();
    b.wrapping_sub(first).wrapping_add(lowest).cast_signed()
        <= (last - first).wrapping_add(lowest).cast_signed()
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
pub const BLOCK: usize = 32;
/// Room that [`encode`] wants, more than it fills.
pub const ROOM: usize = 5 * BLOCK;

/// Encodes the first block of `text`, or all of a shorter one, and returns the encoded length.
///
/// First it copies a whole block. Then it overwrites the copy from the first reserved byte on, with
/// that byte's `%XX` and a copy of the rest, and so on. Most blocks of a session token have one
/// reserved byte or no reserved byte. Both take the same way: without one, the `%XX` is written too,
/// and then overwritten. The mask changes nothing, but shows the compiler that every index into
/// `out` is in bounds.
pub fn encode(text: &[u8], out: &mut [u8; ROOM]) -> usize {
    const MASK: usize = 4 * BLOCK - 1;
    let mut padded;
    let blocks: &[u8; 2 * BLOCK] = match text.first_chunk() {
        Some(blocks) => blocks,
        None => {
            padded = [b'.'; 2 * BLOCK];
            padded[..text.len()].copy_from_slice(text);
            &padded
        }
    };
    let mut reserved = reserved(blocks.first_chunk().expect("one of them"));
    let (mut from, mut len) = (0, 0);
    loop {
        let at = reserved.trailing_zeros() as usize;
        let one = usize::from(reserved != 0);
        reserved &= reserved.wrapping_sub(1);

        out[len & MASK..][..BLOCK].copy_from_slice(&blocks[from..][..BLOCK]);
        len += at - from;
        out[len & MASK..][..LONGEST].copy_from_slice(&escape(blocks[at]));
        len += one * LONGEST;
        from = at + one;
        if reserved == 0 {
            break;
        }
    }
    out[len & MASK..][..BLOCK].copy_from_slice(&blocks[from..][..BLOCK]);
    len + text.len().min(BLOCK) - from
}

/// A bit for each byte, the lowest for the first: whether it is reserved.
fn reserved(text: &[u8; BLOCK]) -> u32 {
    let flags = text.map(|b| u8::from(!is_unreserved(b)));
    flags.as_chunks().0.iter().rev().fold(0, |bits, &eight| {
        // The multiplication puts the lowest bits of eight bytes side by side, in the highest byte.
        let product = u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080);
        bits << 8 | (product >> 56) as u32
    })
}

fn escape(byte: u8) -> [u8; LONGEST] {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    [b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]
}

/// The byte that `%XX`, in either case, stands for; `None` if it is malformed.
pub fn decode(escape: &[u8]) -> Option<u8> {
    let &[b'%', high, low] = escape else { return None };
    let digit = |b: u8| char::from(b).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_the_book(text: &[u8]) -> Vec<u8> {
        let encode = |&byte: &u8| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => vec![byte],
            _ => format!("%{byte:02X}").into_bytes(),
        };
        text.iter().flat_map(encode).collect()
    }

    fn encoded(text: &[u8]) -> Vec<u8> {
        let mut out = [0; ROOM];
        let len = encode(text, &mut out);
        out[..len].to_vec()
    }

    #[test]
    fn every_byte() {
        for byte in 0..=u8::MAX {
            assert_eq!(encoded(&[byte]), by_the_book(&[byte]));
            assert_eq!(encoded_len(&[byte; 300]), by_the_book(&[byte; 300]).len());
        }
    }

    #[test]
    fn reserved_bytes_anywhere_in_every_length() {
        for len in 0..=2 * BLOCK {
            for (first, second) in (0..=len).flat_map(|first| (0..=len).map(move |b| (first, b))) {
                let mut text = vec![b'x'; len + 1];
                text[first] = b'/';
                text[second] = b'+';
                text.truncate(len);
                let block = &text[..len.min(BLOCK)];
                assert_eq!(encoded(&text), by_the_book(block), "{len}, {first}, {second}");
                assert_eq!(encoded_len(block), by_the_book(block).len());
            }
        }
        let reserved = [b'/'; BLOCK];
        assert_eq!(encoded(&reserved), by_the_book(&reserved));
    }
}
