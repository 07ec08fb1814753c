//! A trie of byte strings in two forms.
//!
//! [`Chains`] are ready as soon as the table is read, in less than a millisecond, and find a child
//! by walking its siblings. [`Trie`] takes ten times as long to lay out and then answers a step with
//! one load; it pays from some kilobytes of text on.
//!
//! In it, the cell of a child is `base ^ byte`; it names the byte that leads to it, so one load answers
//! one step. About 105,000 nodes take half a megabyte, which stays in the second-level cache.
//!
//! Bits of a cell: 0..8 the byte that leads here, 8..12 flags, 12..32 base of the children.

/// Where the children of a node lie, and what the node means.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node(u32);

impl Node {
    pub(super) fn flags(self) -> u32 {
        self.0 >> 8 & 0xF
    }

    fn base(self) -> usize {
        (self.0 >> 12) as usize
    }
}

/// The finished array.
pub(super) struct Trie {
    cells: Vec<u32>,
    root: Node,
}

impl Trie {
    pub(super) fn root(&self) -> Node {
        self.root
    }

    /// The child of `node` under `byte`. Byte 0 marks an unused cell and never occurs in text.
    #[inline]
    pub(super) fn step(&self, node: Node, byte: u8) -> Option<Node> {
        let cell = *self.cells.get(node.base() ^ usize::from(byte))?;
        (cell as u8 == byte).then_some(Node(cell))
    }
}

/// A node while the table is read. Nodes are numbered in the order of the table, so the first
/// child of a node is the next one, and a node needs to know its next sibling only.
///
/// Bits: 0..8 the byte that leads here, 8..12 flags, 12 whether it has children, 13..32 sibling.
#[derive(Clone, Copy)]
struct Twig(u32);

impl Twig {
    const HAS_CHILD: u32 = 1 << 12;

    fn byte(self) -> u8 {
        self.0 as u8
    }

    fn sibling(self) -> usize {
        (self.0 >> 13) as usize
    }
}

/// The twigs as they were read, each with its next sibling.
pub(super) struct Chains {
    /// Each is a [`Twig`].
    twigs: Vec<u32>,
}

/// Closes an entry of the table, with its flags in the lower half.
pub(super) const CLOSE: u8 = 0x10;

impl Chains {
    /// Reads a table of entries in ascending order, each as the number of bytes that it shares with the one before,
    /// its other bytes, at least one, and [`CLOSE`] with its flags.
    pub(super) fn read(table: &[u8]) -> Self {
        // A little more than half of the bytes are nodes.
        let mut twigs = vec![0; table.len() / 9 * 5];
        let mut id = 0;
        // The twigs of the last entry by their depth, the root first.
        let mut path = [0; 256];
        let mut depth = 0_u8;
        // The newest twig waits here until it is known whether it has children.
        let mut newest = 0_u32;
        let mut table = table.iter();
        while let Some(&shared) = table.next() {
            // The first new twig is the sibling of the twig it takes the place of on the path.
            let mut elder = if shared < depth { path.get(usize::from(shared) + 1).copied() } else { None };
            depth = shared;
            for &byte in table.by_ref() {
                if byte & 0xF0 == CLOSE {
                    newest |= u32::from(byte & 0xF) << 8;
                    break;
                }
                let parent = if elder.is_none() { Twig::HAS_CHILD } else { 0 };
                match twigs.get_mut(id) {
                    Some(slot) => *slot = newest | parent,
                    None => twigs.push(newest | parent),
                }
                id += 1;
                if let Some(bits) = elder.take().and_then(|elder| twigs.get_mut(elder)) {
                    *bits |= (id as u32) << 13;
                }
                depth = depth.wrapping_add(1);
                if let Some(slot) = path.get_mut(usize::from(depth)) {
                    *slot = id;
                }
                newest = u32::from(byte);
            }
        }
        twigs.truncate(id);
        twigs.push(newest);
        Self { twigs }
    }

    pub(super) fn root(&self) -> Node {
        self.node(0)
    }

    fn twig(&self, id: usize) -> Option<Twig> {
        self.twigs.get(id).copied().map(Twig)
    }

    /// The first child of a twig is the next one, so a node's base is that, or 0 for a leaf.
    fn node(&self, id: usize) -> Node {
        let Some(twig) = self.twig(id) else { return Node(0) };
        let child = if twig.0 & Twig::HAS_CHILD != 0 { id + 1 } else { 0 };
        Node(twig.0 & 0xFFF | (child as u32) << 12)
    }

    /// The child of `node` under `byte`. Siblings stand in ascending order.
    pub(super) fn step(&self, node: Node, byte: u8) -> Option<Node> {
        let mut child = node.base();
        while child != 0 {
            let twig = self.twig(child)?;
            if byte <= twig.byte() {
                return (byte == twig.byte()).then(|| self.node(child));
            }
            child = twig.sibling();
        }
        None
    }

    /// Lays the twigs out as cells.
    pub(super) fn laid_out(&self) -> Trie {
        // Few cells stay empty, so this seldom grows.
        let mut layout = Layout::new(self.twigs.len() + self.twigs.len() / 8);
        let mut labels = Vec::new();
        let mut pending = vec![(0, 0)];
        let mut root = Node(0);
        while let Some((id, cell)) = pending.pop() {
            let Some(twig) = self.twig(id) else { continue };
            labels.clear();
            let mut child = if twig.0 & Twig::HAS_CHILD != 0 { id + 1 } else { 0 };
            while let Some(young) = self.twig(child).filter(|_| child != 0) {
                labels.push((young.byte(), child));
                child = young.sibling();
            }
            // Base 0 belongs to all leaves: the first 256 cells stay unused.
            let base = if labels.is_empty() { 0 } else { layout.place(&labels) };
            let value = twig.0 & 0xFFF | (base as u32) << 12;
            if id == 0 {
                root = Node(value);
            } else if let Some(slot) = layout.cells.get_mut(cell) {
                *slot = value;
            }
            pending.extend(labels.iter().map(|&(byte, child)| (child, base ^ usize::from(byte))));
        }
        Trie { cells: layout.cells, root }
    }
}

/// The array while it is filled. No base may be given twice: the byte in a cell would not tell
/// the children of two nodes apart.
struct Layout {
    cells: Vec<u32>,
    /// One bit for every cell.
    free: Vec<u64>,
    /// One bit for every base.
    unused: Vec<u64>,
    /// No word of `free` before this one has a free cell.
    first: usize,
}

/// Cells tried for a node before a fresh block is opened: keeps the layout time linear.
const TRIES: usize = 64;

/// Words of free cells given up when a block is opened. With these two numbers six of seven cells
/// hold a node; less packing is hardly faster to lay out, and slower to walk.
const RETIRED: usize = 3;

impl Layout {
    fn new(capacity: usize) -> Self {
        let mut cells = Vec::with_capacity(capacity);
        cells.resize(256, 0);
        Self { cells, free: vec![0; 4], unused: vec![0; 4], first: 4 }
    }

    /// Finds a base for these children and takes their cells.
    fn place(&mut self, labels: &[(u8, usize)]) -> usize {
        let base = self.find(labels).unwrap_or_else(|| self.open_block());
        clear(&mut self.unused, base);
        for &(byte, _) in labels {
            clear(&mut self.free, base ^ usize::from(byte));
        }
        base
    }

    fn find(&mut self, labels: &[(u8, usize)]) -> Option<usize> {
        let lead = usize::from(labels.first()?.0);
        while self.free.get(self.first) == Some(&0) {
            self.first += 1;
        }
        let mut tries = 0;
        for (word, &bits) in self.free.iter().enumerate().skip(self.first) {
            let mut bits = bits;
            while bits != 0 {
                let base = (word * 64 + bits.trailing_zeros() as usize) ^ lead;
                if has(&self.unused, base)
                    && labels.iter().all(|&(byte, _)| has(&self.free, base ^ usize::from(byte)))
                {
                    return Some(base);
                }
                bits &= bits - 1;
                tries += 1;
                if tries == TRIES {
                    // What is free at the front suits nobody; give it up.
                    self.first += RETIRED;
                    return None;
                }
            }
        }
        None
    }

    /// Adds 256 free cells and returns the first of them.
    fn open_block(&mut self) -> usize {
        let start = self.cells.len();
        self.cells.resize(start + 256, 0);
        self.free.resize(self.free.len() + 4, u64::MAX);
        self.unused.resize(self.unused.len() + 4, u64::MAX);
        start
    }
}

fn has(bits: &[u64], at: usize) -> bool {
    bits.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 != 0)
}

fn clear(bits: &mut [u64], at: usize) {
    if let Some(word) = bits.get_mut(at / 64) {
        *word &= !(1 << (at % 64));
    }
}
