//! `bedrock_token_generate_into` with any arguments at all: the status, every byte of the token and
//! what `bedrock_token_inspect` says of it must be the reference's.
//!
//! Input: one byte of options, one for the capacity, four for expires, eight for the time, four for
//! the service if the options say so; then the four strings, each ended by a NUL.
#![no_main]

mod abi;
mod reference;

use std::ptr;

use abi::*;
use libfuzzer_sys::fuzz_target;
use reference::Arguments;

const NULL_ACCESS_KEY: u8 = 1;
const NULL_SECRET: u8 = 2;
const NULL_SESSION: u8 = 4;
const NULL_REGION: u8 = 8;
const NULL_BUF: u8 = 16;
const NULL_LEN: u8 = 32;
/// The session token is the string over and over, up to the limit or a little more or less.
const LONG_SESSION: u8 = 64;
/// The service is not Bedrock.
const SERVICE: u8 = 128;

fuzz_target!(|data: &[u8]| {
    let Some((&[options, room, ..], rest)) = data.split_first_chunk::<2>() else { return };
    let Some((expires, rest)) = rest.split_first_chunk::<4>() else { return };
    let Some((time, rest)) = rest.split_first_chunk::<8>() else { return };
    let (service, rest) = match rest.split_first_chunk::<4>() {
        Some((service, rest)) if options & SERVICE != 0 => (i32::from_le_bytes(*service), rest),
        _ => (0, rest),
    };
    let mut strings = rest.split(|&b| b == 0);
    let mut string = |null| {
        let text = strings.next().unwrap_or_default().to_vec();
        (options & null == 0).then_some(text)
    };
    let mut arguments = Arguments {
        service,
        access_key: string(NULL_ACCESS_KEY),
        secret: string(NULL_SECRET),
        session: string(NULL_SESSION),
        region: string(NULL_REGION),
        expires: u32::from_le_bytes(*expires),
        time: i64::from_le_bytes(*time),
    };
    if let Some(session) =
        arguments.session.as_mut().filter(|s| options & LONG_SESSION != 0 && !s.is_empty())
    {
        let len = reference::SESSION_MAX - 8 + usize::from(room % 16);
        *session = session.iter().copied().cycle().take(len).collect();
    }

    let token = (arguments.status() == BEDROCK_TOKEN_OK).then(|| arguments.token());
    let needed = token.as_ref().map_or(400, |token| token.len() + 1);
    let (capacity, null_buf) = match (room, options & NULL_BUF != 0) {
        (_, true) => (if room % 2 == 0 { 0 } else { needed }, true),
        (0..64, _) => (needed, false),
        (64..128, _) => (needed - 1, false),
        (128..192, _) => (needed + usize::from(room), false),
        (192.., _) => (usize::from(room - 192), false),
    };
    let expected = match arguments.status() {
        _ if null_buf && capacity > 0 => BEDROCK_TOKEN_ERR_NULL_ARGUMENT,
        BEDROCK_TOKEN_OK if capacity < needed => BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL,
        status => status,
    };

    let access_key = CText::new(arguments.access_key.as_deref(), reference::ACCESS_KEY_MAX);
    let secret = CText::new(arguments.secret.as_deref(), reference::SECRET_MAX);
    let session = CText::new(arguments.session.as_deref(), reference::SESSION_MAX);
    let region = CText::new(arguments.region.as_deref(), reference::REGION_MAX);
    let mut buf = vec![0xaa_u8; if null_buf { 0 } else { capacity }].into_boxed_slice();
    let mut len = 99;
    // SAFETY: strings, a buffer of the capacity or NULL, and a place for the length or NULL.
    let status = unsafe {
        bedrock_token_generate_into(
            arguments.service,
            access_key.as_ptr(),
            secret.as_ptr(),
            session.as_ptr(),
            region.as_ptr(),
            arguments.expires,
            arguments.time,
            if null_buf { ptr::null_mut() } else { buf.as_mut_ptr().cast() },
            capacity,
            if options & NULL_LEN != 0 { ptr::null_mut() } else { &mut len },
        )
    };

    assert_eq!(status, expected);
    let expected_len = match status {
        BEDROCK_TOKEN_OK | BEDROCK_TOKEN_ERR_BUFFER_TOO_SMALL => needed - 1,
        _ => 0,
    };
    assert_eq!(len, if options & NULL_LEN != 0 { 99 } else { expected_len });
    if status == BEDROCK_TOKEN_OK {
        let token = token.unwrap();
        assert_eq!(buf[..needed - 1], token);
        assert_eq!(buf[needed - 1], 0);
        assert!(buf[needed..].iter().all(|&b| b == 0xaa));
        assert_eq!(abi::inspect(&token), arguments.info());
    } else if let Some((first, rest)) = buf.split_first() {
        assert_eq!(*first, 0);
        assert!(rest.iter().all(|&b| b == 0xaa));
    }
});
