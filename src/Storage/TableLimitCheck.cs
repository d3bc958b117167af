using System.Buffers;

namespace Cairn.Storage;

/// <summary>
/// Turns away what Azure Table Storage would refuse, before anything is sent. Every <see cref="ITableStore"/> asks it first, so that a row
/// that fits on one machine or in a test also fits in the cloud.
/// </summary>
/// <remarks>
/// Keys are narrower than Azure's: printable ASCII without <c>/ \ # ? %</c>, so that every store sorts them alike and no client library stumbles
/// over an escape. Sizes as in Microsoft Learn, "Understanding the Table service data model": a row is 4 bytes, its keys as UTF-16, and per value 8
/// bytes, its name as UTF-16 and its content (4 bytes more for strings and byte arrays).
/// </remarks>
public static class TableLimitCheck
{
    const int MaxPropertyNameLength = 255;

    static readonly SearchValues<char> KeyCharacters = SearchValues.Create(
        [.. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (char)code).Except(@"/\#?%")]);

    static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    static readonly DateTimeOffset EarliestTime = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <exception cref="ArgumentException">Not a table's name.</exception>
    public static void CheckTable(string table)
    {
        if (table.Length is < 3 or > 63 || !char.IsAsciiLetter(table[0]) || !table.All(char.IsAsciiLetterOrDigit))
            throw new ArgumentException($"'{table}' is no table name: 3 to 63 ASCII letters and digits, a letter first.", nameof(table));
    }

    /// <exception cref="TableLimitException">Azure Tables would refuse this key.</exception>
    public static void CheckKey(string key, string which)
    {
        if (key.Length * 2 > TableLimits.MaxKeyBytes)
            throw new TableLimitException($"A {which} has at most {TableLimits.MaxKeyBytes} bytes; this has {key.Length * 2}.");
        if (key.AsSpan().ContainsAnyExcept(KeyCharacters))
            throw new TableLimitException($@"A {which} holds printable ASCII without / \ # ? %; '{key}' holds something else.");
    }

    /// <exception cref="TableLimitException">Too many or too large changes, a row named twice, or a row too large.</exception>
    public static void CheckTransaction(string table, string partitionKey, IReadOnlyList<TableChange> changes)
    {
        CheckTable(table);
        CheckKey(partitionKey, "partition key");
        if (changes.Count is 0 or > TableLimits.MaxChanges)
            throw new TableLimitException($"A transaction has 1 to {TableLimits.MaxChanges} changes; this has {changes.Count}.");

        var seen = new HashSet<string>(changes.Count, StringComparer.Ordinal);
        var totalBytes = 0L;
        foreach (var change in changes)
        {
            CheckKey(change.RowKey, "row key");
            if (!seen.Add(change.RowKey)) throw new TableLimitException($"Row '{change.RowKey}' is changed twice in one transaction.");
            if (change.Action is TableAction.Insert && change.IfMatch is not null)
                throw new ArgumentException($"Row '{change.RowKey}': an insert has no version to match.", nameof(changes));
            if (change.Action is not TableAction.Delete) totalBytes += CheckRow(partitionKey, change.RowKey, change.Values);
        }
        if (totalBytes > TableLimits.MaxTransactionBytes)
            throw new TableLimitException($"A transaction has at most {TableLimits.MaxTransactionBytes} bytes; this has {totalBytes}.");
    }

    /// <summary>The size Azure would count for a row.</summary>
    /// <exception cref="TableLimitException">A value or the row is too large, or a value has a type that tables don't hold.</exception>
    public static long CheckRow(string partitionKey, string rowKey, IReadOnlyDictionary<string, object> values)
    {
        if (values.Count > TableLimits.MaxProperties)
            throw new TableLimitException($"A row has at most {TableLimits.MaxProperties} values; '{rowKey}' has {values.Count}.");
        var rowBytes = 4L + (partitionKey.Length + rowKey.Length) * 2;
        foreach (var (name, value) in values)
        {
            CheckPropertyName(name);
            rowBytes += 8 + name.Length * 2 + ValueBytes(name, value);
        }
        if (rowBytes > TableLimits.MaxRowBytes)
            throw new TableLimitException($"A row has at most {TableLimits.MaxRowBytes} bytes; '{rowKey}' has {rowBytes}.");
        return rowBytes;
    }

    static void CheckPropertyName(string name)
    {
        if (name.Length is 0 or > MaxPropertyNameLength || char.IsAsciiDigit(name[0]) || name.AsSpan().ContainsAnyExcept(NameCharacters))
            throw new TableLimitException($"'{name}' is no value's name: 1 to {MaxPropertyNameLength} of [A-Za-z0-9_], no digit first.");
        if (name is "PartitionKey" or "RowKey" or "Timestamp")
            throw new TableLimitException($"'{name}' is a name that the table service keeps for itself.");
    }

    static int ValueBytes(string name, object value)
    {
        switch (value)
        {
            case string text when text.Length * 2 > TableLimits.MaxValueBytes:
                throw new TableLimitException($"A string has at most {TableLimits.MaxValueBytes} bytes; '{name}' has {text.Length * 2}.");
            case string text when !IsWellFormed(text):
                throw new TableLimitException($"A string is well-formed Unicode; '{name}' has half of a surrogate pair.");
            case byte[] bytes when bytes.Length > TableLimits.MaxValueBytes:
                throw new TableLimitException($"A byte array has at most {TableLimits.MaxValueBytes} bytes; '{name}' has {bytes.Length}.");
            case DateTimeOffset time when time < EarliestTime:
                throw new TableLimitException($"A time is no earlier than 1601; '{name}' is {time:O}.");
            case double number when !double.IsFinite(number):
                throw new TableLimitException($"A number is finite, for Azure's client can't send another; '{name}' is {number}.");
            case string text: return text.Length * 2 + 4;
            case byte[] bytes: return bytes.Length + 4;
            case bool: return 1;
            case int: return 4;
            case long or double or DateTimeOffset: return 8;
            default: throw new TableLimitException($"Tables hold no {value?.GetType().Name ?? "null"}; '{name}' is one.");
        }
    }

    static bool IsWellFormed(string text)
    {
        for (var i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }
        return true;
    }
}
