using System.Buffers;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Recent;

/// <summary>Gathers, for one row after the other, the properties and groups that have no column: one JSON object a row.</summary>
/// <remarks>A group's name carries <see cref="RowLayout.RestGroup"/>, so that it is no property of the same name.</remarks>
sealed class RestObject(TextColumnBuilder column)
{
    readonly ArrayBufferWriter<byte> members = new();

    /// <summary>Adds a member to the row's object.</summary>
    /// <param name="prefix">What its name begins with; no character of it needs an escape.</param>
    /// <param name="rawName">As it stands between the quotes.</param>
    /// <param name="json">The value as it stands.</param>
    public void Add(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> rawName, ReadOnlySpan<byte> json)
    {
        members.Write(members.WrittenCount == 0 ? "{\""u8 : ",\""u8);
        members.Write(prefix);
        members.Write(rawName);
        members.Write("\":"u8);
        members.Write(json);
    }

    /// <summary>Ends the row.</summary>
    public void End(int row)
    {
        if (members.WrittenCount == 0) return;
        members.Write("}"u8);
        column.Add(row, members.WrittenSpan);
        members.ResetWrittenCount();
    }

    /// <summary>Forgets what was added since the last row ended.</summary>
    public void Forget() => members.ResetWrittenCount();
}
