using System.Globalization;

namespace Cairn.Storage.Parquet.Thrift;

/// <summary>Reads Thrift's compact protocol from bytes that may be torn or altered: every length is checked before use.</summary>
/// <param name="bytes">The serialized struct, and perhaps more behind it.</param>
/// <param name="file">The file's name, for the exception.</param>
/// <param name="fileOffset">Where <paramref name="bytes"/> begin in that file.</param>
/// <remarks>Layout: see <see cref="CompactWriter"/>. Unknown fields are passed over with Skip.</remarks>
ref struct CompactReader(ReadOnlySpan<byte> bytes, string file, long fileOffset)
{
    /// <summary>Structs and lists in each other: far more than Parquet's metadata nests, few enough for any stack.</summary>
    const int MaxDepth = 32;

    readonly ReadOnlySpan<byte> bytes = bytes;
    int position;
    bool boolean;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => position;

    /// <summary>Reads a field's header and makes <paramref name="id"/> its id.</summary>
    /// <param name="id">In: the previous field's id in this struct, 0 before the first. Out: this field's.</param>
    /// <returns><see cref="CompactType.Stop"/> at the struct's end.</returns>
    public CompactType NextField(ref int id)
    {
        var header = Byte();
        var type = (CompactType)(header & 0x0F);
        if (type == CompactType.Stop) return type;
        if (type > CompactType.Struct) throw Fault("a Thrift type from 1 to 12", $"{(int)type}");
        id = header >> 4 == 0 ? Signed32("a field id") : id + (header >> 4);
        if (type is CompactType.True or CompactType.False) boolean = type == CompactType.True;
        return type;
    }

    public readonly bool Boolean(CompactType type)
    {
        if (type is not (CompactType.True or CompactType.False)) throw Fault("a boolean", $"{type}");
        return boolean;
    }

    public int Int32(CompactType type)
    {
        if (type is not (CompactType.I32 or CompactType.I16)) throw Fault("a 32-bit integer", $"{type}");
        return Signed32("a 32-bit integer");
    }

    public long Int64(CompactType type)
    {
        if (type is not CompactType.I64) throw Fault("a 64-bit integer", $"{type}");
        return ZigZag(Varint());
    }

    public sbyte SByte(CompactType type)
    {
        if (type != CompactType.Byte) throw Fault("a byte", $"{type}");
        return (sbyte)Byte();
    }

    /// <summary>Bytes or a text, as a slice of the input.</summary>
    public ReadOnlySpan<byte> Binary(CompactType type)
    {
        if (type != CompactType.Binary) throw Fault("binary", $"{type}");
        return BinaryElement();
    }

    public ReadOnlySpan<byte> BinaryElement()
    {
        var length = Varint();
        if (length > (ulong)(bytes.Length - position)) throw Fault($"at most {bytes.Length - position} bytes", $"{length}");
        var slice = bytes.Slice(position, (int)length);
        position += (int)length;
        return slice;
    }

    public int Int32Element() => Signed32("a 32-bit integer");

    /// <summary>A list's header. Its count never exceeds the bytes that are left, for every element takes at least one.</summary>
    public int List(CompactType type, CompactType element)
    {
        if (type is not (CompactType.List or CompactType.Set)) throw Fault("a list", $"{type}");
        var count = ListHeader(out var found);
        if (count > 0 && found != element) throw Fault($"a list of {element}", $"a list of {found}");
        return count;
    }

    public static void RequireStruct(CompactType type, scoped in CompactReader reader)
    {
        if (type != CompactType.Struct) throw reader.Fault("a struct", $"{type}");
    }

    /// <summary>Passes over a value of this type, whatever is in it.</summary>
    public void Skip(CompactType type) => Skip(type, 0);

    public readonly ParquetFormatException Fault(string expected, string found) => new(file, fileOffset + position, expected, found);

    void Skip(CompactType type, int depth)
    {
        if (depth > MaxDepth) throw Fault($"at most {MaxDepth} nested values", "more");
        switch (type)
        {
            case CompactType.True or CompactType.False:
                break;
            case CompactType.Byte:
                Byte();
                break;
            case CompactType.I16 or CompactType.I32 or CompactType.I64:
                Varint();
                break;
            case CompactType.Double:
                Take(8);
                break;
            case CompactType.Binary:
                BinaryElement();
                break;
            case CompactType.List or CompactType.Set:
                for (var left = ListHeader(out var element); left > 0; left--) SkipElement(element, depth + 1);
                break;
            case CompactType.Map:
                SkipMap(depth + 1);
                break;
            case CompactType.Struct:
                var id = 0;
                for (var field = NextField(ref id); field != CompactType.Stop; field = NextField(ref id)) Skip(field, depth + 1);
                break;
            default:
                throw Fault("a Thrift type from 1 to 12", $"{(int)type}");
        }
    }

    void SkipMap(int depth)
    {
        var count = Varint();
        if (count == 0) return;
        if (count > (ulong)(bytes.Length - position)) throw Fault($"at most {bytes.Length - position} entries", $"{count}");
        var types = Byte();
        for (var left = (int)count; left > 0; left--)
        {
            SkipElement((CompactType)(types >> 4), depth);
            SkipElement((CompactType)(types & 0x0F), depth);
        }
    }

    /// <summary>A boolean takes a byte as an element, and none as a field.</summary>
    void SkipElement(CompactType type, int depth)
    {
        if (type is CompactType.True or CompactType.False) Byte();
        else Skip(type, depth);
    }

    int ListHeader(out CompactType element)
    {
        var header = Byte();
        element = (CompactType)(header & 0x0F);
        var count = header >> 4 == 15 ? Varint() : (ulong)(header >> 4);
        if (count > (ulong)(bytes.Length - position)) throw Fault($"at most {bytes.Length - position} elements", $"{count}");
        return (int)count;
    }

    byte Byte()
    {
        if (position >= bytes.Length) throw Fault("another byte of a Thrift struct", "the end");
        return bytes[position++];
    }

    void Take(int count)
    {
        if (bytes.Length - position < count) throw Fault($"{count} bytes", $"{bytes.Length - position}");
        position += count;
    }

    int Signed32(string what)
    {
        var value = ZigZag(Varint());
        if (value is < int.MinValue or > int.MaxValue) throw Fault(what, value.ToString(CultureInfo.InvariantCulture));
        return (int)value;
    }

    ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        throw Fault("a varint of at most 10 bytes", "a longer one");
    }

    static long ZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);
}
