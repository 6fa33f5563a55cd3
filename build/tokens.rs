//! Bakes the o200k vocabulary and the character classes of its pattern into one file that the program reads in place.
//!
//! The ranks come from `tiktoken-rs` and the classes from the Unicode tables behind its regular expression, so both are
//! what the tests compare with. `src/policy/tokens/layout.rs` says how the file is laid out.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use regex_syntax::hir::{Class, HirKind};

#[path = "../src/policy/tokens/layout.rs"]
mod layout;

/// Writes the table to `directory`.
pub fn bake(directory: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/policy/tokens/layout.rs");
    let mut file = classes()?;
    assert_eq!(file.len(), layout::SLOTS_AT);
    vocabulary(&tokens()?, &mut file);
    std::fs::write(directory.join("o200k.bin"), file)?;
    Ok(())
}

/// The bytes of all tokens by rank.
fn tokens() -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let encoding = tiktoken_rs::o200k_base()?;
    let bytes = |id: usize| encoding.decode_bytes(&[id as u32]);
    assert!(bytes(layout::TOKENS).is_err(), "the vocabulary has grown");
    let mut tokens = Vec::with_capacity(layout::TOKENS);
    for id in 0..layout::TOKENS {
        tokens.push(bytes(id).map_err(|_| format!("no token has rank {id}"))?);
    }
    assert_eq!(tokens.iter().map(Vec::len).max(), Some(layout::LONGEST));
    Ok(tokens)
}

fn vocabulary(tokens: &[Vec<u8>], file: &mut Vec<u8>) {
    let mut slots = vec![0u32; layout::SLOTS];
    for (token, name) in tokens.iter().zip(1u32..) {
        let hash = layout::hash(token);
        let mut at = layout::slot(hash);
        while slots[at] != 0 {
            at = (at + 1) % layout::SLOTS;
        }
        slots[at] = layout::tag(hash) | name & layout::ID_BITS;
    }
    file.extend(slots.iter().flat_map(|slot| slot.to_le_bytes()));
    assert_eq!(file.len(), layout::STARTS_AT);
    let mut start = 0u32;
    for token in tokens {
        file.extend(start.to_le_bytes());
        start += token.len() as u32;
    }
    file.extend(start.to_le_bytes());
    assert_eq!(file.len(), layout::BYTES_AT);
    file.extend(tokens.iter().flatten());
}

/// The class index and the class blocks.
fn classes() -> Result<Vec<u8>, Box<dyn Error>> {
    let classes = class_of_every_character()?;
    let mut numbers = HashMap::new();
    let mut index = Vec::new();
    let mut blocks = Vec::new();
    for block in classes.chunks(layout::BLOCK) {
        let next = numbers.len();
        let number = *numbers.entry(block).or_insert_with(|| {
            blocks.extend(block);
            next
        });
        index.push(u8::try_from(number)?);
    }
    blocks.resize(layout::BLOCKS_LEN, 0);
    index.extend(blocks);
    Ok(index)
}

fn class_of_every_character() -> Result<Vec<u8>, Box<dyn Error>> {
    let sets = [
        (r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", layout::UPPER),
        (r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]", layout::LOWER),
        (r"\p{L}", layout::LETTER),
        (r"\p{N}", layout::NUMBER),
        (r"\s", layout::SPACE),
        (r"[\r\n]", layout::NEWLINE),
    ];
    let mut classes = vec![0; layout::INDEX_LEN * layout::BLOCK];
    for (set, bit) in sets {
        let HirKind::Class(Class::Unicode(class)) = regex_syntax::parse(set)?.into_kind() else {
            return Err(format!("`{set}` is not a set of characters").into());
        };
        for range in class.iter() {
            for class in &mut classes[range.start() as usize..=range.end() as usize] {
                *class |= bit;
            }
        }
    }
    Ok(classes)
}
