import Foundation

/// What a model says here, whatever it was asked.
private let words = "Hello from the sandbox."

/// Claude's answer on Bedrock, whole.
private struct Message: Encodable {
    struct Block: Encodable {
        var type = "text"
        var text = words
    }

    struct Usage: Encodable {
        var input_tokens = 1
        var output_tokens = 1
    }

    var id = "msg_bdrk_sandbox"
    var type = "message"
    var role = "assistant"
    let model: String
    var content = [Block()]
    var stop_reason: String? = "end_turn"
    var usage = Usage()
}

/// What a call in Anthropic's own words says besides what it asks.
struct MessageRequest {
    private struct Body: Decodable {
        var model: String?
        var stream: Bool?
    }

    /// Empty where it names none.
    let model: String
    /// Whether the answer is to come as events.
    let stream: Bool

    init(_ call: Call) {
        let body = try? JSONDecoder().decode(Body.self, from: call.body)
        (model, stream) = (body?.model ?? "", body?.stream ?? false)
    }
}

extension IdentityCenter {
    /// The model that is asked something; nil for a call that asks none.
    func modelAsked(_ operation: Operation, _ call: Call) -> String? {
        switch operation {
        case .invokeModel, .invokeModelWithResponseStream, .countTokens: call.path[1]
        case .createMessage, .streamMessage: MessageRequest(call).model
        default: nil
        }
    }

    /// Every way to ask a model: one that the account may not use is refused, and every other answers the same.
    func runtimeAnswer(_ operation: Operation, model: String) throws(Refusal) -> Reply {
        guard !settings.modelsWithoutAccess.contains(where: { model == $0 || model.hasSuffix(".\($0)") }) else {
            throw .forbidden(
                "AccessDeniedException", "You don't have access to the model with the specified model ID.")
        }
        switch operation {
        case .countTokens: return .json(["inputTokens": 1])
        case .invokeModel, .createMessage: return .json(Message(model: model))
        case .streamMessage:
            let events = Self.events(model: model).map { type, fields in
                "event: \(type)\ndata: {\"type\":\"\(type)\"\(fields)}\n\n"
            }
            return Reply(
                status: 200, headers: ["Content-Type": "text/event-stream"], body: Data(events.joined().utf8))
        default:
            let stream = Self.events(model: model).reduce(into: Data()) { stream, event in
                stream += EventStream.chunk(Data("{\"type\":\"\(event.type)\"\(event.fields)}".utf8))
            }
            return Reply(
                status: 200,
                headers: [
                    "Content-Type": "application/vnd.amazon.eventstream",
                    "X-Amzn-Bedrock-Content-Type": "application/json",
                ], body: stream)
        }
    }

    /// The events of Anthropic's stream that make up one message, each as its type and the JSON that
    /// follows it.
    private static func events(model: String) -> [(type: String, fields: String)] {
        var begun = Message(model: model)
        (begun.content, begun.stop_reason) = ([], nil)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        let message = (try? encoder.encode(begun)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return [
            ("message_start", #","message":\#(message)"#),
            ("content_block_start", #","index":0,"content_block":{"type":"text","text":""}"#),
            ("content_block_delta", #","index":0,"delta":{"type":"text_delta","text":"\#(words)"}"#),
            ("content_block_stop", #","index":0"#),
            ("message_delta", #","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}"#),
            ("message_stop", ""),
        ]
    }
}
