using System.Text.Json;
using Cairn.Ingestion.Json;
using Cairn.Model.Profiles;

namespace Cairn.Ingestion.Mixpanel;

/// <summary>Writes one operation's argument as our update's body has it.</summary>
/// <remarks>
/// Values stay as they were sent. What changes: a list given to <c>$append</c> is one element, so it is wrapped into another;
/// <c>$unset</c> keeps only its names; <c>$delete</c>'s argument, which may be anything, becomes true; and the routing names
/// <c>$token</c> and <c>$distinct_id</c> are no properties.
/// </remarks>
ref struct UpdateWriter(JsonBuffer into)
{
    /// <summary>Whether a name was too long to be kept.</summary>
    public bool HasLongName { get; private set; }

    /// <summary>Properties named so far.</summary>
    public int PropertyCount { get; private set; }

    /// <summary>Appends <c>"operation": argument</c>; false where the argument is of a type the operation can't take.</summary>
    /// <param name="argument">A JSON value, valid.</param>
    public bool TryWrite(UpdateOperation operation, ReadOnlySpan<byte> argument)
    {
        into.AppendName(QuotedName(UpdateOperations.Canonical(operation)));
        switch (operation)
        {
            case UpdateOperation.Delete:
                into.Append("true"u8);
                return true;
            case UpdateOperation.Unset:
                return TryWriteNames(argument);
            default:
                return argument[0] == '{' && TryWriteProperties(operation, argument);
        }
    }

    bool TryWriteProperties(UpdateOperation operation, ReadOnlySpan<byte> argument)
    {
        var reader = Open(argument);
        into.Append('{');
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = argument.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
            var isRouting = reader.ValueTextEquals("$token"u8) || reader.ValueTextEquals("$distinct_id"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (operation == UpdateOperation.Add && !isRouting && reader.TokenType != JsonTokenType.Number) return false;
            var isListToAppend = operation == UpdateOperation.Append && reader.TokenType == JsonTokenType.StartArray;
            reader.Skip();
            if (isRouting) continue;
            PropertyCount++;
            HasLongName |= name.Length > MixpanelLimits.MaxPropertyNameBytes + 2;
            into.AppendName(name);
            if (isListToAppend) into.Append('[');
            into.Append(argument[start..(int)reader.BytesConsumed]);
            if (isListToAppend) into.Append(']');
        }
        into.Append('}');
        return true;
    }

    bool TryWriteNames(ReadOnlySpan<byte> argument)
    {
        if (argument[0] is not ((byte)'[' or (byte)'"')) return false;
        var reader = Open(argument);
        into.Append('[');
        do
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                into.AppendElement(argument[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]);
                PropertyCount++;
            }
            else if (reader.CurrentDepth > 0)
            {
                // Something in the list that is no name; it names no property.
                reader.Skip();
            }
        }
        while (reader.Read());
        into.Append(']');
        return true;
    }

    static Utf8JsonReader Open(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MixpanelLimits.MaxReadDepth });
        reader.Read();
        return reader;
    }

    static ReadOnlySpan<byte> QuotedName(ProfileOperation operation) => Quoted[(int)operation];

    static readonly byte[][] Quoted =
        [.. Enumerable.Range(0, Enum.GetValues<ProfileOperation>().Length + 1).Select(number => number == 0
            ? []
            : (byte[])[(byte)'"', .. ProfileOperations.NameOf((ProfileOperation)number), (byte)'"'])];
}
