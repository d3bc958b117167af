using System.Globalization;
using System.Text;

namespace Cairn.Api.Answers;

/// <summary>Writes rows as CSV: cells apart by commas, lines by CR LF, quoted where they need it.</summary>
/// <remarks>
/// Source: RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it, for names and values come from whoever has a write token
/// and are opened by whoever reads reports. Source: OWASP, "CSV Injection". Numbers stay numbers; JSON answers have every text as it is.
/// </remarks>
public sealed class Csv
{
    readonly StringBuilder text = new();

    public Csv Row(params IEnumerable<string> cells)
    {
        text.AppendJoin(',', cells.Select(cell => Quoted(Harmless(cell)))).Append("\r\n");
        return this;
    }

    public override string ToString() => text.ToString();

    static string Harmless(string cell) =>
        cell.Length > 0 && "=+-@\t\r".Contains(cell[0], StringComparison.Ordinal) && !double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? "'" + cell
            : cell;

    static string Quoted(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
