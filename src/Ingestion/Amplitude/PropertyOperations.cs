using System.Text.Json;
using Cairn.Ingestion.Json;
using Cairn.Model.Profiles;

namespace Cairn.Ingestion.Amplitude;

/// <summary>
/// Collects the operations of one user or group update and writes them as an update's body, in the order in which
/// Amplitude applies them. One serves a whole request.
/// </summary>
/// <remarks>
/// Of several operations on one property only the first counts, in that same order; null values change nothing.
/// Source: Amplitude docs, "Identify API", "user_properties supported operations"; the order is
/// <c>OrderedIdentifyOperations</c> of Amplitude-TypeScript's identify.ts.
/// </remarks>
sealed class PropertyOperations : IDisposable
{
    /// <summary>The order of application; after it, no two operations touch the same property.</summary>
    static readonly ProfileOperation[] Order =
    [
        ProfileOperation.ClearAll, ProfileOperation.Unset, ProfileOperation.Set, ProfileOperation.SetOnce, ProfileOperation.Add,
        ProfileOperation.Append, ProfileOperation.Prepend, ProfileOperation.UnionFirst, ProfileOperation.Union, ProfileOperation.Remove,
    ];

    readonly List<Change> changes = [];
    readonly NameSet named = new();
    uint present;

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        changes.Clear();
        present = 0;
    }

    /// <summary>Whether there is nothing to write.</summary>
    public bool IsEmpty => present == 0;

    /// <summary>How many properties are touched.</summary>
    public int Count => changes.Count;

    /// <summary>Whether some property is set to a value by this name.</summary>
    public bool Sets(ReadOnlySpan<byte> quotedName)
    {
        foreach (var change in changes)
            if (change.Operation == ProfileOperation.Set && change.Name.Span.SequenceEqual(quotedName)) return true;
        return false;
    }

    /// <summary>Adds one operation.</summary>
    /// <param name="quotedName">The property, with its quotes.</param>
    /// <param name="value">Raw JSON; not read for <see cref="ProfileOperation.Unset"/>.</param>
    public void Add(ProfileOperation operation, ReadOnlyMemory<byte> quotedName, ReadOnlyMemory<byte> value)
    {
        changes.Add(new(operation, quotedName, value));
        present |= 1u << (int)operation;
    }

    /// <summary>Adds all that a raw <c>user_properties</c> or <c>group_properties</c> object says, plain or with operators.</summary>
    public void AddAll(ReadOnlyMemory<byte> properties)
    {
        var reader = JsonSlice.Read(properties);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonSlice.Name(ref reader, properties);
            var operation = OperationOf(name.Span[1..^1]);
            reader.Read();
            if (operation == ProfileOperation.ClearAll)
            {
                present |= 1u << (int)operation;
                JsonSlice.Value(ref reader, properties);
            }
            else if (operation != 0 && reader.TokenType == JsonTokenType.StartObject)
            {
                AddMembers(operation, ref reader, properties);
            }
            else
            {
                var value = JsonSlice.Value(ref reader, properties);
                if (operation == 0 && value.Span[0] != 'n') Add(ProfileOperation.Set, name, value);
            }
        }
    }

    /// <summary>The body: one object from operation to argument.</summary>
    public ReadOnlyMemory<byte> Write(JsonBuffer buffer, ByteArena scratch)
    {
        // With one kind of operation there is nothing to find twice.
        var mayRepeat = (present & (present - 1)) != 0;
        if (mayRepeat) named.Clear();
        buffer.Clear();
        buffer.Append('{');
        foreach (var operation in Order)
        {
            if ((present & 1u << (int)operation) == 0) continue;
            buffer.AppendElement("\""u8);
            buffer.Append(ProfileOperations.NameOf(operation));
            buffer.Append("\":"u8);
            if (operation == ProfileOperation.ClearAll) buffer.Append("true"u8);
            else WriteMembers(operation, buffer, mayRepeat);
        }
        buffer.Append('}');
        return buffer.Keep(scratch);
    }

    public void Dispose() => named.Dispose();

    void AddMembers(ProfileOperation operation, ref Utf8JsonReader reader, ReadOnlyMemory<byte> properties)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonSlice.Name(ref reader, properties);
            reader.Read();
            var value = JsonSlice.Value(ref reader, properties);
            if (Means(operation, value.Span[0])) Add(operation, name, value);
        }
    }

    void WriteMembers(ProfileOperation operation, JsonBuffer buffer, bool mayRepeat)
    {
        var isList = operation == ProfileOperation.Unset;
        buffer.Append(isList ? '[' : '{');
        foreach (var change in changes)
        {
            if (change.Operation != operation || mayRepeat && !named.Add(change.Name)) continue;
            if (isList) buffer.AppendElement(change.Name.Span);
            else buffer.AppendMember(change.Name.Span, change.Value.Span);
        }
        buffer.Append(isList ? ']' : '}');
    }

    // What a value's first byte must be for the operation to do anything.
    static bool Means(ProfileOperation operation, byte first) => operation switch
    {
        ProfileOperation.Unset => true,
        ProfileOperation.Add => first is (byte)'-' or >= (byte)'0' and <= (byte)'9',
        _ => first != 'n',
    };

    static ProfileOperation OperationOf(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name[0] != '$') return 0;
        if (name.SequenceEqual("$set"u8)) return ProfileOperation.Set;
        if (name.SequenceEqual("$setOnce"u8)) return ProfileOperation.SetOnce;
        if (name.SequenceEqual("$add"u8)) return ProfileOperation.Add;
        if (name.SequenceEqual("$append"u8)) return ProfileOperation.Append;
        if (name.SequenceEqual("$prepend"u8)) return ProfileOperation.Prepend;
        if (name.SequenceEqual("$preInsert"u8)) return ProfileOperation.UnionFirst;
        if (name.SequenceEqual("$postInsert"u8)) return ProfileOperation.Union;
        if (name.SequenceEqual("$remove"u8)) return ProfileOperation.Remove;
        if (name.SequenceEqual("$unset"u8)) return ProfileOperation.Unset;
        return name.SequenceEqual("$clearAll"u8) ? ProfileOperation.ClearAll : 0;
    }

    readonly record struct Change(ProfileOperation Operation, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value);
}
