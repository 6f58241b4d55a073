//! Each argument at, below and above its limits, and with every byte. core/src/schedule.rs has the ends
//! of credentials.

use bedrock_token_core::Error;
use bedrock_token_core::raw::check;

#[test]
fn lengths() {
    type Check = fn(&[u8]) -> Result<&[u8], Error>;
    let rules: [(Check, usize, usize, Error); 3] = [
        (check::access_key, 1, 128, Error::AccessKey),
        (|text| check::secret(text).map(str::as_bytes), 1, 256, Error::Secret),
        (check::session, 0, 65_536, Error::Session),
    ];
    for (check, least, most, error) in rules {
        for len in [0, 1, 2, most - 1, most, most + 1, 100_000] {
            let text = "a".repeat(len);
            let expected =
                if (least..=most).contains(&len) { Ok(text.as_bytes()) } else { Err(error) };
            assert_eq!(check(text.as_bytes()), expected, "{len} bytes");
        }
    }
}

#[test]
fn regions() {
    let long = |len: usize| format!("{}-1", "r".repeat(len - 2));
    let good = ["us-east-1", "eu-isoe-west-1", "a-1", "a-0", "r2-d2-007", "x--1", &long(63)];
    for region in good {
        assert_eq!(check::region(region.as_bytes()), Ok(region.as_bytes()));
    }
    let bad = "a 1 - -1 a- us global us-east us-east- us-east-1a us-east-1- 1-1 -us-east-1 useast1";
    for region in bad.split(' ').chain(["", &long(64)]) {
        assert_eq!(check::region(region.as_bytes()), Err(Error::Region), "{region:?}");
    }
    for b in 0..=u8::MAX {
        let (letter, digit) = (b.is_ascii_lowercase(), b.is_ascii_digit());
        for (at, ok) in [(0, letter), (1, letter || digit || b == b'-'), (5, digit)] {
            let mut region = *b"abc-12";
            region[at] = b;
            assert_eq!(check::region(&region).is_ok(), ok, "{b} at {at}");
        }
    }
}

#[test]
fn numbers() {
    for (expires, ok) in [(0, false), (1, true), (43_200, true), (43_201, false), (u32::MAX, false)]
    {
        assert_eq!(check::expires(expires), if ok { Ok(expires) } else { Err(Error::Expires) });
    }
    let last = 253_402_300_799;
    for (time, ok) in [
        (i64::MIN, false),
        (-1, false),
        (0, true),
        (last, true),
        (last + 1, false),
        (i64::MAX, false),
    ] {
        assert_eq!(check::signing_time(time), if ok { Ok(time) } else { Err(Error::Time) });
    }
}

/// Every byte alone, and at the start, in the middle and at the end of a text that is fine without it.
#[test]
fn bytes() {
    const LETTERS_AND_DIGITS: &[u8] =
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    const SIGNS: &[u8] = b"!#$%&()*+,-./:;<=>?@[\\]^_{|}~";
    const QUOTES: &[u8] = b"\"'`";
    let is_in = |sets: &[&[u8]], b| sets.iter().any(|set| set.contains(&b));
    for b in 0..=u8::MAX {
        let texts = [vec![b], vec![b, b'A', b'A'], vec![b'A', b, b'A'], vec![b'A', b'A', b]];
        for (place, text) in texts.iter().enumerate() {
            let inside = place == 2;
            let expect = |ok: bool, error| if ok { Ok(&text[..]) } else { Err(error) };

            let ok = is_in(&[LETTERS_AND_DIGITS, b"_"], b);
            assert_eq!(check::access_key(text), expect(ok, Error::AccessKey));
            let ok = is_in(&[LETTERS_AND_DIGITS, SIGNS], b) || inside && is_in(&[QUOTES], b);
            assert_eq!(check::secret(text).map(str::as_bytes), expect(ok, Error::Secret));
            let ok = is_in(&[LETTERS_AND_DIGITS, SIGNS], b) || inside && is_in(&[QUOTES, b" "], b);
            assert_eq!(check::session(text), expect(ok, Error::Session));
        }
    }
}
