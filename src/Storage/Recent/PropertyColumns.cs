using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>The property (or group) columns of a file in the making, found by the property's name without making a string of it.</summary>
/// <remarks>
/// Senders list an event's properties in the same order again and again, so the column that followed the last one before is
/// tried first, by comparing names; only a surprise costs a hash.
/// </remarks>
/// <param name="text">Prefix of the text column: <see cref="RowLayout.Text"/> or <see cref="RowLayout.Group"/>.</param>
/// <param name="json">Prefix of the JSON column.</param>
sealed class PropertyColumns(string text, string json, PropertyBudget budget)
{
    /// <summary>Drawn once a process, so that nobody can choose names that all look under the same number.</summary>
    static readonly long Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));

    readonly List<Property> properties = [];
    readonly Dictionary<ulong, Property> byHash = [];
    Property? last;

    /// <summary>All columns that hold a value, ordinal by name.</summary>
    public IEnumerable<IColumnBuilder> Columns => properties
        .SelectMany(property => property.Columns)
        .Where(column => column.Count > 0)
        .OrderBy(column => column.Name, StringComparer.Ordinal);

    /// <summary>Forgets all values, and the properties that had none: a sender's passing names must not stay for ever.</summary>
    public void Clear()
    {
        foreach (var property in properties.Where(property => property.IsEmpty).ToList())
        {
            properties.Remove(property);
            budget.GiveBack();
        }
        byHash.Clear();
        foreach (var property in properties)
        {
            property.Clear();
            Enter(property);
        }
        last = null;
    }

    /// <summary>To be called before a row's first property.</summary>
    public void BeginRow() => last = null;

    /// <summary>The columns of a property's name; null where the file has no room for a new one.</summary>
    public Property? Find(ReadOnlySpan<byte> utf8Name)
    {
        var guess = last is null ? properties.Count > 0 ? properties[0] : null : last.Next;
        if (guess is not null && guess.IsNamed(utf8Name)) return last = guess;
        var found = FindByHash(utf8Name);
        if (found is null) return null;
        if (last is not null) last.Next = found;
        return last = found;
    }

    void Enter(Property property)
    {
        var hash = XxHash3.HashToUInt64(property.Utf8Name, Seed);
        while (!byHash.TryAdd(hash, property)) hash++;
    }

    Property? FindByHash(ReadOnlySpan<byte> utf8Name)
    {
        // A second name of the same hash looks under the next number; a chain is as good as never longer than one.
        for (var hash = XxHash3.HashToUInt64(utf8Name, Seed); ; hash++)
        {
            if (byHash.TryGetValue(hash, out var property))
            {
                if (property.IsNamed(utf8Name)) return property;
                continue;
            }
            if (!budget.TryTake()) return null;
            property = new(utf8Name.ToArray(), text, json);
            byHash.Add(hash, property);
            properties.Add(property);
            return property;
        }
    }
}

/// <summary>How many more properties a file has room for.</summary>
sealed class PropertyBudget(int left)
{
    public bool TryTake()
    {
        if (left == 0) return false;
        left--;
        return true;
    }

    public void GiveBack() => left++;
}

/// <summary>One property's columns: of each type at most one, made when the type first comes.</summary>
sealed class Property(byte[] utf8Name, string textPrefix, string jsonPrefix)
{
    readonly string name = Encoding.UTF8.GetString(utf8Name);
    TextColumnBuilder? text, json;
    DoubleColumnBuilder? number;
    BooleanColumnBuilder? boolean;
    int lastRow = -1;

    /// <summary>The property that came after this one, the last time.</summary>
    public Property? Next { get; set; }

    public IEnumerable<IColumnBuilder> Columns => new IColumnBuilder?[] { text, number, boolean, json }.OfType<IColumnBuilder>();

    public ReadOnlySpan<byte> Utf8Name => utf8Name;

    /// <summary>Whether no row has a value of it.</summary>
    public bool IsEmpty => Columns.All(column => column.Count == 0);

    public bool IsNamed(ReadOnlySpan<byte> utf8) => utf8.SequenceEqual(utf8Name);

    public void Clear()
    {
        foreach (var column in Columns) column.Clear();
        Next = null;
        lastRow = -1;
    }

    public void AddText(int row, ReadOnlySpan<byte> utf8)
    {
        Enter(row);
        (text ??= new(textPrefix + name)).Add(row, utf8);
    }

    public void AddJson(int row, ReadOnlySpan<byte> utf8)
    {
        Enter(row);
        (json ??= new(jsonPrefix + name, isJson: true)).Add(row, utf8);
    }

    public void AddNumber(int row, double value)
    {
        Enter(row);
        (number ??= new(RowLayout.Number + name)).Add(row, value);
    }

    public void AddBoolean(int row, bool value)
    {
        Enter(row);
        (boolean ??= new(RowLayout.Boolean + name)).Add(row, value);
    }

    /// <summary>A name that stands twice in one object: the last value stays, as in every JSON reader.</summary>
    public void Enter(int row)
    {
        if (lastRow == row)
            foreach (var column in Columns) column.Drop(row);
        lastRow = row;
    }
}
