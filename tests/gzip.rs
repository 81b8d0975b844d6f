//! Gzip in pieces that are cut anywhere.

use miniz_oxide::deflate::compress_to_vec;
use proptest::prelude::*;
use split_events::{Gunzip, GzipError};

const PLAIN: [u8; 10] = *b"\x1f\x8b\x08\0\0\0\0\0\0\xff";

/// Packs a member with this header. Computes the CRC bit by bit, as in the RFC.
fn member_with(header: &[u8], data: &[u8], level: u8) -> Vec<u8> {
    let mut crc = !0u32;
    for &byte in data {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    [header, &compress_to_vec(data, level), &(!crc).to_le_bytes(), &(data.len() as u32).to_le_bytes()].concat()
}

fn member(data: &[u8]) -> Vec<u8> {
    member_with(&PLAIN, data, 6)
}

/// Reads in pieces of this size. Returns the data and the error, if there is one.
fn read(packed: &[u8], size: usize) -> (Vec<u8>, Option<GzipError>) {
    let mut gunzip = Gunzip::new();
    let mut data = Vec::new();
    for piece in packed.chunks(size) {
        gunzip.push(piece);
        while let Some(next) = gunzip.next() {
            data.extend_from_slice(next);
        }
        if gunzip.failure(false).is_some() {
            break;
        }
    }
    (data, gunzip.failure(true))
}

/// Reads whole and in pieces of several sizes, and checks that the result is the same.
fn read_all(packed: &[u8]) -> (Vec<u8>, Option<GzipError>) {
    let whole = read(packed, packed.len());
    for size in [1, 2, 3, 7, 13, 64] {
        assert_eq!(read(packed, size), whole, "in pieces of {size}");
    }
    whole
}

#[test]
fn several_members_are_read_in_order() {
    let packed = [member(b"one\n"), member(b""), member(b"two\n"), member(b"three\n")].concat();
    assert_eq!(read_all(&packed), (b"one\ntwo\nthree\n".to_vec(), None));
}

#[test]
fn zeros_behind_a_member_are_padding_and_a_member_behind_them_is_read() {
    for zeros in [1, 2, 511, 512, 10_240] {
        let padded = [member(b"one\n"), vec![0; zeros]].concat();
        assert_eq!(read_all(&padded), (b"one\n".to_vec(), None));
        let packed = [padded, member(b"two\n"), vec![0; zeros]].concat();
        assert_eq!(read_all(&packed), (b"one\ntwo\n".to_vec(), None));
    }
}

#[test]
fn other_bytes_behind_a_member_are_reported_with_their_first_byte() {
    let first = member(b"one\n");
    for other in [&b"text"[..], b"\x1f\x8c", b"\x1ftext", b"\n", b"PK\x03\x04", b"\x8b\x1f"] {
        for zeros in [0, 3] {
            let packed = [&first, &vec![0; zeros], other].concat();
            let at = (first.len() + zeros) as u64;
            assert_eq!(read_all(&packed), (b"one\n".to_vec(), Some(GzipError::NotGzip { at })));
        }
    }
}

#[test]
fn a_source_that_does_not_begin_with_a_member_is_not_gzip() {
    for other in [&b"[]"[..], b"\0\0", b"\x1f\x8c"] {
        assert_eq!(read_all(other), (Vec::new(), Some(GzipError::NotGzip { at: 0 })));
    }
    assert_eq!(read(b"", 1), (Vec::new(), Some(GzipError::CutOff { member: 1 })));
}

#[test]
fn a_cut_at_any_byte_of_any_member_is_reported_and_never_read_as_whole() {
    let data = b"an event\n".repeat(40);
    let (first, second) = (member(&data), member(b"two\n"));
    let packed = [&first[..], &second].concat();
    for end in 1..packed.len() {
        let (read, failure) = read(&packed[..end], end);
        assert!(data.starts_with(&read) || end > first.len());
        let member = 1 + u64::from(end > first.len());
        let expected = (end != first.len()).then_some(GzipError::CutOff { member });
        assert_eq!(failure, expected, "cut at {end}");
    }
}

#[test]
fn a_wrong_checksum_or_length_is_reported_behind_all_of_the_data() {
    for at in 1..=8 {
        let mut packed = [member(b"one\n"), member(b"two\n")].concat();
        let byte = packed.len() - at;
        packed[byte] ^= 1;
        assert_eq!(read_all(&packed), (b"one\ntwo\n".to_vec(), Some(GzipError::Corrupt { member: 2 })));
    }
}

#[test]
fn data_before_corrupt_data_is_read() {
    let data: Vec<u8> = (0..100_000u64).flat_map(|n| (n * n % 65_521).to_string().into_bytes()).collect();
    let mut packed = member(&data);
    let middle = packed.len() / 2;
    packed[middle..middle + 100].fill(0xff);
    let (read, failure) = read_all(&packed);
    assert_eq!(failure, Some(GzipError::Corrupt { member: 1 }));
    let same = data.iter().zip(&read).take_while(|(a, b)| a == b).count();
    assert!(same > data.len() / 4 && same < data.len(), "{same} of {}", data.len());
}

#[test]
fn every_optional_part_of_a_header_is_skipped() {
    for flags in 0..32u8 {
        let mut header = PLAIN.to_vec();
        header[3] = flags;
        if flags & 4 != 0 {
            header.extend_from_slice(&[4, 1]);
            header.extend_from_slice(&[0; 260]);
        }
        for (flag, text) in [(8, &b"name\0"[..]), (16, b"a comment\0"), (2, b"\x00\x01")] {
            if flags & flag != 0 {
                header.extend_from_slice(text);
            }
        }
        let packed = member_with(&header, b"one\n", 6);
        assert_eq!(read_all(&packed), (b"one\n".to_vec(), None), "flags {flags}");
    }
    let mut empty_extra = PLAIN.to_vec();
    empty_extra[3] = 4;
    empty_extra.extend_from_slice(&[0, 0]);
    assert_eq!(read_all(&member_with(&empty_extra, b"one\n", 6)), (b"one\n".to_vec(), None));
}

#[test]
fn a_header_of_another_method_or_with_unknown_flags_is_corrupt() {
    for (at, byte) in [(2, 7), (3, 0x20), (3, 0x80)] {
        let mut packed = [member(b"one\n"), member(b"two\n")].concat();
        let second = member(b"one\n").len();
        packed[second + at] = byte;
        assert_eq!(read_all(&packed), (b"one\n".to_vec(), Some(GzipError::Corrupt { member: 2 })));
    }
}

#[test]
fn an_error_names_the_cause_and_the_place() {
    let messages = [
        (GzipError::Corrupt { member: 1 }, "the gzip data is corrupt"),
        (GzipError::CutOff { member: 3 }, "the gzip data is cut off in its member 3"),
        (GzipError::NotGzip { at: 0 }, "these bytes are not gzip"),
        (GzipError::NotGzip { at: 512 }, "bytes that are not gzip stand behind the gzip data, from byte 512 on"),
    ];
    for (error, message) in messages {
        assert_eq!(error.message(), message);
    }
}

proptest! {
    #[test]
    fn members_of_any_data_level_and_padding_are_read_however_they_are_cut(
        members in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..300), 0..100usize, 0..=9u8, 0..3usize), 1..5),
        size in 1..2000usize,
    ) {
        let mut packed = Vec::new();
        let mut expected = Vec::new();
        for (seed, times, level, zeros) in members {
            let data = seed.repeat(times);
            packed.extend_from_slice(&member_with(&PLAIN, &data, level));
            packed.extend_from_slice(&vec![0; zeros]);
            expected.extend_from_slice(&data);
        }
        prop_assert_eq!(read(&packed, size), (expected, None));
    }

    #[test]
    fn no_bytes_make_it_panic_or_run_on(mut bytes in proptest::collection::vec(any::<u8>(), 0..600), size in 1..600usize) {
        bytes.splice(0..0, PLAIN);
        read(&bytes, size);
    }
}
