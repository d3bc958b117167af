using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Data.Tables;

namespace Cairn.Shims.Storage;

/// <summary>The answer to one action of a transaction.</summary>
sealed class TransactionAnswer(int status, string reason, IReadOnlyDictionary<string, string> headers) : Response
{
    public override int Status => status;

    public override string ReasonPhrase => reason;

    public override Stream? ContentStream { get; set; }

    public override string ClientRequestId { get; set; } = "";

    /// <summary>Takes a transaction's answer apart.</summary>
    /// <exception cref="TableTransactionFailedException">It was refused: the answer then has one part, the failed one.</exception>
    public static IReadOnlyList<Response> Read(string body)
    {
        var answers = new List<Response>();
        foreach (var part in body.ReplaceLineEndings("\n").Split("HTTP/1.1 ").Skip(1))
        {
            var lines = part.Split('\n');
            var status = int.Parse(lines[0].AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture);
            if (status >= 400) throw Refused(status, part);
            var headers = lines.Skip(1).TakeWhile(line => line.Length > 0)
                .Select(line => line.Split(": ", 2))
                .Where(header => header.Length == 2)
                .ToDictionary(header => header[0], header => header[1], StringComparer.OrdinalIgnoreCase);
            answers.Add(new TransactionAnswer(status, lines[0][3..].Trim(), headers));
        }
        return answers;
    }

    public override void Dispose()
    {
    }

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => headers.TryGetValue(name, out value);

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = headers.TryGetValue(name, out var value) ? [value] : null;
        return values is not null;
    }

    protected override bool ContainsHeader(string name) => headers.ContainsKey(name);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => headers.Select(header => new HttpHeader(header.Key, header.Value));

    /// <summary>The message begins with the failed action's number and a colon.</summary>
    static TableTransactionFailedException Refused(int status, string part)
    {
        var (begin, end) = (part.IndexOf('{', StringComparison.Ordinal), part.LastIndexOf('}'));
        if (begin < 0 || end < begin) return new TableTransactionFailedException(status, $"the transaction was refused: {part}", null, null);
        using var json = JsonDocument.Parse(part.AsMemory(begin, end - begin + 1));
        var error = json.RootElement.GetProperty("odata.error");
        var message = error.GetProperty("message").GetProperty("value").GetString() ?? "";
        var colon = message.IndexOf(':', StringComparison.Ordinal);
        int? index = colon > 0 && int.TryParse(message.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return new TableTransactionFailedException(status, message, error.GetProperty("code").GetString(), index);
    }
}
