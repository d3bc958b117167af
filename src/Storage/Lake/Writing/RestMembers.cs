using System.Buffers;
using System.Text;
using System.Text.Json;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake.Writing;

/// <summary>Goes through the members of a <see cref="RowLayout.Rest"/> object, by the same rules by which events were taken apart.</summary>
static class RestMembers
{
    static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>One member.</summary>
    public readonly ref struct Member
    {
        /// <summary>The property's name, or the group's type.</summary>
        public required string Name { get; init; }

        /// <summary>The prefix of the column for its type: one of <see cref="RowLayout"/>'s.</summary>
        public required string Prefix { get; init; }

        /// <summary>The member as it stands: name, colon and value.</summary>
        public required ReadOnlySpan<byte> Json { get; init; }

        /// <summary>A text, or JSON.</summary>
        public ReadOnlySpan<byte> Text { get; init; }
        public double Number { get; init; }
        public bool Flag { get; init; }
    }

    public delegate void Visit(in Member member);

    /// <summary>Visits all members but those that are null.</summary>
    public static void Read(ReadOnlySpan<byte> utf8Object, Visit visit)
    {
        var reader = new Utf8JsonReader(utf8Object, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var name = Unescaped(reader);
            var isGroup = name.AsSpan().StartsWith(RowLayout.RestGroup);
            reader.Read();
            var valueStart = (int)reader.TokenStartIndex;
            var (token, text, number) = (reader.TokenType, default(byte[]), 0.0);
            if (token == JsonTokenType.Null) continue;
            if (token == JsonTokenType.String) text = Unescaped(reader);
            if (token == JsonTokenType.Number && !(reader.TryGetDouble(out number) && double.IsFinite(number))) (token, text) = (JsonTokenType.String, reader.ValueSpan.ToArray());
            reader.Skip();
            var json = utf8Object[start..(int)reader.BytesConsumed];
            var member = new Member
            {
                Name = Encoding.UTF8.GetString(isGroup ? name.AsSpan(RowLayout.RestGroup.Length) : name),
                Prefix = token switch
                {
                    JsonTokenType.String => isGroup ? RowLayout.Group : RowLayout.Text,
                    JsonTokenType.Number => RowLayout.Number,
                    JsonTokenType.True or JsonTokenType.False => RowLayout.Boolean,
                    _ => isGroup ? RowLayout.GroupJson : RowLayout.Json,
                },
                Json = json,
                Text = text is null ? utf8Object[valueStart..(int)reader.BytesConsumed] : text,
                Number = number,
                Flag = token == JsonTokenType.True,
            };
            visit(in member);
        }
    }

    static byte[] Unescaped(Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return reader.ValueSpan.ToArray();
        var scratch = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        var text = scratch.AsSpan(0, JsonEscapes.Undo(reader.ValueSpan, scratch)).ToArray();
        ArrayPool<byte>.Shared.Return(scratch);
        return text;
    }
}
