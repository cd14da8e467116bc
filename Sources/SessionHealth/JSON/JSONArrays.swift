/// Edits of arrays: everything beside the element stays as it is.
extension JSONDocument {
    /// Appends a value, given as JSON text, in the layout of what surrounds it; makes the array where there is none.
    /// - Throws: if the path leads through something that is not an object, or to something that is not an array.
    package mutating func append(spelling: String, toArrayAt path: [String]) throws(JSONError) {
        let source = Array(spelling.utf8)
        let value = try JSONNode(parsing: source.span)
        if node(at: path) == nil { try set(spelling: "[]", at: path) }
        guard let array = node(at: path) else { return }
        guard case .array = array.kind else {
            throw JSONError(at: array.range.lowerBound, in: bytes.span, "\"\(path.last ?? "")\" is not an array")
        }
        let addition = JSONLayout(of: self).appending(
            value, of: source, to: array, in: node(at: Array(path.dropLast())))
        try replace(addition.range, with: addition.bytes)
    }

    /// Removes an element, with comma and line.
    mutating func removeElement(_ index: Int, of array: JSONNode) throws(JSONError) {
        let elements = array.elements
        guard elements.indices.contains(index) else { return }
        let cut =
            if elements.count == 1 {
                (array.range.lowerBound + 1)..<(array.range.upperBound - 1)
            } else if index == 0 {
                elements[0].range.lowerBound..<elements[1].range.lowerBound
            } else {
                elements[index - 1].range.upperBound..<elements[index].range.upperBound
            }
        try replace(cut, with: [])
    }
}
