import FoundationEssentials
import Glibc

// What `mutate` writes into its copy of the sources: operators that take the number of a mutant in the middle, as in
// `a <~ 17 ~~< b`, so that no operand needs its ends found. The numbers after an operator's own are its further forms.

/// The mutant that this run tries; none while it notes which ones are reached.
private let active = getenv("MUTANT").flatMap { unsafe Int(String(cString: $0)) } ?? -1

/// Which mutants were reached: one byte each, written at the exit to the file that `MUTANT_REACHED` names.
private nonisolated(unsafe) let reached: UnsafeMutablePointer<UInt8>? = {
    guard getenv("MUTANT_REACHED") != nil else { return nil }
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: most)
    bytes.initialize(repeating: 0, count: most)
    atexit {
        guard let file = fopen(getenv("MUTANT_REACHED"), "w") else { return }
        fwrite(reached, 1, most, file)
        fclose(file)
    }
    return bytes
}()
private let most = 1 << 16

@inline(__always) func mutant(_ number: Int) -> Bool {
    if let reached { reached[number] = 1 }
    return number == active
}

/// A right operand with the number of the operator before it.
struct Numbered<Value> {
    var number: Int
    var value: Value
}

precedencegroup ComparedPrecedence {
    higherThan: ComparisonPrecedence
    lowerThan: NilCoalescingPrecedence
}
precedencegroup AddedPrecedence {
    higherThan: AdditionPrecedence
    lowerThan: MultiplicationPrecedence
}
precedencegroup MultipliedPrecedence {
    higherThan: MultiplicationPrecedence
    lowerThan: BitwiseShiftPrecedence
}
precedencegroup AssignedPrecedence {
    higherThan: AssignmentPrecedence
    lowerThan: TernaryPrecedence
}
precedencegroup ForcedPrecedence {
    higherThan: LogicalConjunctionPrecedence
    lowerThan: ComparisonPrecedence
}
precedencegroup DroppedPrecedence {
    higherThan: NilCoalescingPrecedence
    lowerThan: CastingPrecedence
}

infix operator ~~< : ComparedPrecedence
infix operator ~~+ : AddedPrecedence
infix operator ~~* : MultipliedPrecedence
infix operator ~~= : AssignedPrecedence
func ~~< <T>(number: Int, value: T) -> Numbered<T> { Numbered(number: number, value: value) }
func ~~+ <T>(number: Int, value: T) -> Numbered<T> { Numbered(number: number, value: value) }
func ~~* <T>(number: Int, value: T) -> Numbered<T> { Numbered(number: number, value: value) }
func ~~= <T>(number: Int, value: T) -> Numbered<T> { Numbered(number: number, value: value) }

infix operator <~ : ComparisonPrecedence
infix operator <=~ : ComparisonPrecedence
infix operator >~ : ComparisonPrecedence
infix operator >=~ : ComparisonPrecedence
infix operator ==~ : ComparisonPrecedence
infix operator !=~ : ComparisonPrecedence
func <~ <T: Comparable>(a: T, b: Numbered<T>) -> Bool {
    mutant(b.number) ? a <= b.value : mutant(b.number + 1) ? a >= b.value : a < b.value
}
func <=~ <T: Comparable>(a: T, b: Numbered<T>) -> Bool {
    mutant(b.number) ? a < b.value : mutant(b.number + 1) ? a > b.value : a <= b.value
}
func >~ <T: Comparable>(a: T, b: Numbered<T>) -> Bool {
    mutant(b.number) ? a >= b.value : mutant(b.number + 1) ? a <= b.value : a > b.value
}
func >=~ <T: Comparable>(a: T, b: Numbered<T>) -> Bool {
    mutant(b.number) ? a > b.value : mutant(b.number + 1) ? a < b.value : a >= b.value
}
func ==~ <T: Equatable>(a: T, b: Numbered<T>) -> Bool { (a == b.value) != mutant(b.number) }
func !=~ <T: Equatable>(a: T, b: Numbered<T>) -> Bool { (a != b.value) != mutant(b.number) }
func ==~ <T>(a: T?, b: Numbered<_OptionalNilComparisonType>) -> Bool { (a == b.value) != mutant(b.number) }
func !=~ <T>(a: T?, b: Numbered<_OptionalNilComparisonType>) -> Bool { (a != b.value) != mutant(b.number) }

infix operator +~ : AdditionPrecedence
infix operator -~ : AdditionPrecedence
infix operator *~ : MultiplicationPrecedence
infix operator /~ : MultiplicationPrecedence
func +~ <T: AdditiveArithmetic>(a: T, b: Numbered<T>) -> T { mutant(b.number) ? a - b.value : a + b.value }
func -~ <T: AdditiveArithmetic>(a: T, b: Numbered<T>) -> T { mutant(b.number) ? a + b.value : a - b.value }
func +~ (a: Date, b: Numbered<TimeInterval>) -> Date { a + (mutant(b.number) ? -b.value : b.value) }
func -~ (a: Date, b: Numbered<TimeInterval>) -> Date { a - (mutant(b.number) ? -b.value : b.value) }
func +~ <T: RangeReplaceableCollection, U: Sequence<T.Element>>(a: T, b: Numbered<U>) -> T {
    mutant(b.number) ? a : a + b.value
}
func *~ <T: FloatingPoint>(a: T, b: Numbered<T>) -> T { mutant(b.number) ? a / b.value : a * b.value }
func /~ <T: FloatingPoint>(a: T, b: Numbered<T>) -> T { mutant(b.number) ? a * b.value : a / b.value }
func *~ <T: BinaryInteger>(a: T, b: Numbered<T>) -> T { mutant(b.number) ? a / b.value : a * b.value }
func /~ <T: BinaryInteger>(a: T, b: Numbered<T>) -> T { mutant(b.number) ? a * b.value : a / b.value }

infix operator +=~ : AssignmentPrecedence
infix operator -=~ : AssignmentPrecedence
func +=~ <T: AdditiveArithmetic>(a: inout T, b: Numbered<T>) { a = mutant(b.number) ? a - b.value : a + b.value }
func -=~ <T: AdditiveArithmetic>(a: inout T, b: Numbered<T>) { a = mutant(b.number) ? a + b.value : a - b.value }
func +=~ (a: inout Date, b: Numbered<TimeInterval>) { a = a +~ b }
func -=~ (a: inout Date, b: Numbered<TimeInterval>) { a = a -~ b }
func +=~ <T: RangeReplaceableCollection, U: Sequence<T.Element>>(a: inout T, b: Numbered<U>) {
    if !mutant(b.number) { a += b.value }
}

/// `17 ~& condition`: forced to true or false.
infix operator ~& : ForcedPrecedence
func ~& (number: Int, value: Bool) -> Bool { mutant(number) ? true : mutant(number + 1) ? false : value }

/// `optional ~? 17 ?? other`: always the other.
infix operator ~? : DroppedPrecedence
func ~? <T>(value: T?, number: Int) -> T? { mutant(number) ? nil : value }

/// False in the mutant: before a pattern that then never matches, and around a statement that is left out.
func live(_ number: Int) -> Bool { !mutant(number) }

func flipped(_ number: Int, _ value: Bool) -> Bool { value != mutant(number) }

func nudged<T: Numeric>(_ number: Int, _ value: T) -> T {
    mutant(number) ? value + 1 : mutant(number + 1) ? value - 1 : value
}

func lesser<T: Comparable>(_ number: Int, _ a: T, _ b: T) -> T { mutant(number) ? max(a, b) : min(a, b) }
func greater<T: Comparable>(_ number: Int, _ a: T, _ b: T) -> T { mutant(number) ? min(a, b) : max(a, b) }
