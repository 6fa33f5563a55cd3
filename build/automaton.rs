//! The automaton that finds all keywords in one pass, upper and lower case alike (Aho and Corasick, 1975), with every
//! transition spelled out.

use std::collections::{BTreeSet, HashMap, VecDeque};

/// States are numbered so that those where a keyword ends come last.
pub struct Automaton {
    /// The class of each byte.
    pub classes: [u8; 256],
    /// For every state a row of `1 << shift` next states.
    pub next: Vec<u16>,
    pub shift: u32,
    /// The first state where a keyword ends.
    pub first_match: usize,
    /// The keywords that end in each state from there on.
    pub ends: Vec<Vec<usize>>,
}

#[derive(Default)]
struct Node {
    to: HashMap<u8, usize>,
    fallback: usize,
    ends: Vec<usize>,
}

/// The automaton of `keywords`, which are in lower case.
pub fn build(keywords: &[String]) -> Automaton {
    let (nodes, order) = nodes(keywords);
    let (classes, count) = classes(keywords);
    let shift = usize::BITS - (count - 1).leading_zeros();
    let mut by_number: Vec<usize> = (0..nodes.len()).collect();
    by_number.sort_by_key(|node| (!nodes[*node].ends.is_empty(), *node));
    let mut number = vec![0; nodes.len()];
    by_number.iter().enumerate().for_each(|(at, node)| number[*node] = at);
    let mut rows = vec![vec![0; 1 << shift]; nodes.len()];
    for node in order {
        let mut row =
            if node == 0 { vec![0; 1 << shift] } else { rows[nodes[node].fallback].clone() };
        for (byte, to) in &nodes[node].to {
            row[usize::from(classes[usize::from(*byte)])] = number[*to] as u16;
        }
        rows[node] = row;
    }
    let first_match = nodes.iter().filter(|node| node.ends.is_empty()).count();
    Automaton {
        classes,
        next: by_number.iter().flat_map(|node| rows[*node].iter().copied()).collect(),
        shift,
        first_match,
        ends: by_number[first_match..].iter().map(|node| nodes[*node].ends.clone()).collect(),
    }
}

/// The trie with its fallbacks, and its nodes by depth.
fn nodes(keywords: &[String]) -> (Vec<Node>, Vec<usize>) {
    let mut nodes = vec![Node::default()];
    for (index, keyword) in keywords.iter().enumerate() {
        let mut at = 0;
        for byte in keyword.bytes() {
            let fresh = nodes.len();
            let to = *nodes[at].to.entry(byte).or_insert(fresh);
            if to == fresh {
                nodes.push(Node::default());
            }
            at = to;
        }
        nodes[at].ends.push(index);
    }
    let mut order = Vec::new();
    let mut queue = VecDeque::from([0]);
    while let Some(node) = queue.pop_front() {
        order.push(node);
        let children: Vec<(u8, usize)> = nodes[node].to.iter().map(|(b, to)| (*b, *to)).collect();
        for (byte, child) in children {
            let fallback = fallback(&nodes, node, byte);
            let inherited = nodes[fallback].ends.clone();
            nodes[child].fallback = fallback;
            nodes[child].ends.extend(inherited);
            queue.push_back(child);
        }
    }
    (nodes, order)
}

/// Where the child of `node` by `byte` falls back to.
fn fallback(nodes: &[Node], node: usize, byte: u8) -> usize {
    let mut at = node;
    while at != 0 {
        at = nodes[at].fallback;
        if let Some(to) = nodes[at].to.get(&byte) {
            return *to;
        }
    }
    0
}

/// A class for every byte that some keyword has, and class 0 for all others.
fn classes(keywords: &[String]) -> ([u8; 256], usize) {
    let used: BTreeSet<u8> = keywords.iter().flat_map(|keyword| keyword.bytes()).collect();
    let mut classes = [0; 256];
    for (byte, class) in used.iter().zip(1u8..) {
        classes[usize::from(*byte)] = class;
        classes[usize::from(byte.to_ascii_uppercase())] = class;
    }
    (classes, used.len() + 1)
}
