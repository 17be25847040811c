//! Writes an executable with data where it had none, in the format of elf(5), 64 bits.
//!
//! objcopy fills sections, but it cannot give bytes to what is empty at the start of a program (.bss), nor leave them away
//! where they are zeros.

use std::ops::Range;

/// A copy of `program` in which the memory from `address` on, which the linker left empty, begins with `data`.
///
/// The segment that it lies in becomes two, the second of which has `data` at the end of the file. For that it takes the
/// place of a header that nobody needs in a program that never unwinds its stack.
pub fn with_data(program: &[u8], address: u64, data: &[u8]) -> Result<Vec<u8>, String> {
    let headers = program_headers(program).ok_or("this is no executable of 64 bits")?;
    let find = |is_it: &dyn Fn(&Segment) -> bool| {
        let mut all = headers.clone().map(|at| (at, Segment::read(program, at)));
        all.find_map(|(at, segment)| segment.filter(is_it).map(|segment| (at, segment)))
    };
    let is_empty_at = |segment: &Segment| {
        segment.kind == LOAD
            && segment.address + segment.size_in_file <= address
            && address + data.len() as u64 <= segment.address + segment.size
    };
    let (place, segment) = find(&is_empty_at).ok_or("no segment has room at the address")?;
    let spare = SPARE.iter().find_map(|kind| find(&|segment| segment.kind == *kind));
    let (spare, _) = spare.ok_or("there is no header to spare")?;
    if spare < place || !address.is_multiple_of(segment.alignment) {
        return Err("the segments would not be in order".to_owned());
    }
    let mut written = program.to_vec();
    written.resize(program.len().next_multiple_of(segment.alignment as usize), 0);
    let second = Segment {
        offset: written.len() as u64,
        address,
        size_in_file: data.len() as u64,
        size: segment.address + segment.size - address,
        ..segment
    };
    written.extend_from_slice(data);
    Segment { size: address - segment.address, ..segment }.write(&mut written, place);
    second.write(&mut written, spare);
    Ok(written)
}

/// `PT_LOAD`
const LOAD: u32 = 1;

/// `PT_NOTE`, `PT_GNU_EH_FRAME` and, where there is neither, `PT_GNU_RELRO`: musl looks at that in programs alone that it
/// relocates, which is none at a fixed address.
const SPARE: [u32; 3] = [4, 0x6474_e550, 0x6474_e552];

/// `Elf64_Phdr`, without the physical address, which is the same.
#[derive(Clone, Copy)]
struct Segment {
    kind: u32,
    flags: u32,
    offset: u64,
    address: u64,
    size_in_file: u64,
    size: u64,
    alignment: u64,
}

const HEADER_SIZE: usize = 56;

impl Segment {
    fn read(program: &[u8], at: usize) -> Option<Self> {
        Some(Self {
            kind: u32::from_ne_bytes(field(program, at)?),
            flags: u32::from_ne_bytes(field(program, at + 4)?),
            offset: u64::from_ne_bytes(field(program, at + 8)?),
            address: u64::from_ne_bytes(field(program, at + 16)?),
            size_in_file: u64::from_ne_bytes(field(program, at + 32)?),
            size: u64::from_ne_bytes(field(program, at + 40)?),
            alignment: u64::from_ne_bytes(field(program, at + 48)?),
        })
    }

    fn write(self, program: &mut [u8], at: usize) {
        let Self { kind, flags, offset, address, size_in_file, size, alignment } = self;
        let numbers = [offset, address, address, size_in_file, size, alignment];
        let words = [kind, flags].into_iter().flat_map(u32::to_ne_bytes);
        let bytes = words.chain(numbers.into_iter().flat_map(u64::to_ne_bytes));
        program[at..at + HEADER_SIZE].iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    }
}

/// Where each of them begins.
fn program_headers(program: &[u8]) -> Option<std::iter::StepBy<Range<usize>>> {
    const IS_64_BITS: u8 = 2;
    if !program.starts_with(b"\x7fELF") || program.get(4) != Some(&IS_64_BITS) {
        return None;
    }
    let start = usize::try_from(u64::from_ne_bytes(field(program, 32)?)).ok()?;
    let count = usize::from(u16::from_ne_bytes(field(program, 56)?));
    Some((start..start + count * HEADER_SIZE).step_by(HEADER_SIZE))
}

fn field<const SIZE: usize>(program: &[u8], at: usize) -> Option<[u8; SIZE]> {
    program.get(at..at + SIZE)?.try_into().ok()
}
