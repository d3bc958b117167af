using System.Runtime.CompilerServices;
using System.Text;

namespace Cairn.Query.ClickHouse;

/// <summary>A piece of SQL. Its text is this program's alone: whatever comes from elsewhere is a bound value or a quoted name.</summary>
/// <remarks>
/// Made from interpolated strings: <c>Sql.Of($"select {name} from events where {column} = {"a user's text"}")</c>. A hole holds another piece, a
/// <see cref="SqlName"/>, which is quoted, or a value, which becomes a parameter of the statement and never text of it.
/// </remarks>
sealed class Sql
{
    readonly IReadOnlyList<object> parts;

    Sql(IReadOnlyList<object> parts) => this.parts = parts;

    public static Sql Nothing { get; } = new([]);

    public static Sql Of(SqlHandler text) => new(text.Parts);

    /// <summary>Pieces with something between them.</summary>
    /// <param name="between">A literal of this program.</param>
    public static Sql Join(string between, IEnumerable<Sql> pieces)
    {
        var parts = new List<object>();
        foreach (var piece in pieces)
        {
            if (parts.Count > 0) parts.Add(between);
            parts.Add(piece);
        }
        return new(parts);
    }

    /// <summary>The statement and its parameters: equal values of one type share a parameter.</summary>
    public (string Text, IReadOnlyDictionary<string, SqlValue> Parameters) Render()
    {
        var text = new StringBuilder();
        var names = new Dictionary<SqlValue, string>();
        Write(text, names);
        return (text.ToString(), names.ToDictionary(named => named.Value, named => named.Key));
    }

    void Write(StringBuilder text, Dictionary<SqlValue, string> names)
    {
        foreach (var part in parts)
        {
            switch (part)
            {
                case string literal: text.Append(literal); break;
                case Sql piece: piece.Write(text, names); break;
                case SqlName name: name.Write(text); break;
                case SqlValue value:
                    if (!names.TryGetValue(value, out var known)) names.Add(value, known = $"p{names.Count + 1}");
                    text.Append('{').Append(known).Append(':').Append(value.Type).Append('}');
                    break;
                default: throw new InvalidOperationException($"no part of SQL: {part.GetType()}");
            }
        }
    }
}

/// <summary>What an interpolated string becomes: literals, pieces, names and values, each as itself.</summary>
[InterpolatedStringHandler]
#pragma warning disable CS9113 // The compiler's contract; a list grows by itself.
readonly ref struct SqlHandler(int literalLength, int holeCount)
#pragma warning restore CS9113
{
    internal List<object> Parts { get; } = [];

    public void AppendLiteral(string literal) => Parts.Add(literal);

    public void AppendFormatted(Sql piece) => Parts.Add(piece);

    public void AppendFormatted(SqlName name) => Parts.Add(name);

    public void AppendFormatted(SqlValue value) => Parts.Add(value);

    public void AppendFormatted(string value) => Parts.Add(SqlValue.Of(value));

    public void AppendFormatted(long value) => Parts.Add(SqlValue.Of(value));

    public void AppendFormatted(double value) => Parts.Add(SqlValue.Of(value));

    public void AppendFormatted(IReadOnlyList<string> values) => Parts.Add(SqlValue.Of(values));

    public void AppendFormatted(IReadOnlyList<long> values) => Parts.Add(SqlValue.Of(values));
}
