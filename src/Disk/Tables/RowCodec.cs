using System.Buffers.Binary;
using System.Text;

namespace Cairn.Disk.Tables;

/// <summary>A row's named values as bytes, for the <c>body</c> column of <see cref="SqliteTableStore"/>.</summary>
/// <remarks>
/// <code>
/// byte      version, 1
/// repeated to the end:
///   uint16    length of the name    (numbers are little endian)
///   bytes     name, ASCII
///   byte      type: 1 string, 2 bool, 3 int, 4 long, 5 double, 6 byte[], 7 DateTimeOffset
///   1: int32 length, UTF-8    2: byte 0 or 1    3: int32    4: int64    5: the bits as int64
///   6: int32 length, bytes    7: int64, ticks of 100 ns since year 1, UTC
/// </code>
/// docs/formats/disk.md describes the file around it.
/// </remarks>
static class RowCodec
{
    const byte Version = 1;

    enum ValueType : byte
    {
        Text = 1,
        Bool = 2,
        Int = 3,
        Long = 4,
        Double = 5,
        Bytes = 6,
        Time = 7,
    }

    public static byte[] Encode(IReadOnlyDictionary<string, object> values)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        foreach (var (name, value) in values)
        {
            writer.Write((ushort)name.Length);
            writer.Write(Encoding.ASCII.GetBytes(name));
            WriteValue(writer, value);
        }
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">These bytes are no row of a version that this program knows.</exception>
    public static Dictionary<string, object> Decode(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || body[0] != Version)
            throw new InvalidDataException($"A table row begins with {(body.IsEmpty ? "nothing" : body[0])}, expected version {Version}.");
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        var at = 1;
        while (at < body.Length)
        {
            var name = Encoding.ASCII.GetString(Take(body, ref at, BinaryPrimitives.ReadUInt16LittleEndian(Take(body, ref at, 2))));
            values[name] = ReadValue(body, ref at);
        }
        return values;
    }

    static void WriteValue(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case string text: WriteBytes(writer, ValueType.Text, Encoding.UTF8.GetBytes(text)); break;
            case byte[] bytes: WriteBytes(writer, ValueType.Bytes, bytes); break;
            case bool flag: writer.Write((byte)ValueType.Bool); writer.Write(flag); break;
            case int number: writer.Write((byte)ValueType.Int); writer.Write(number); break;
            case long number: writer.Write((byte)ValueType.Long); writer.Write(number); break;
            case double number: writer.Write((byte)ValueType.Double); writer.Write(BitConverter.DoubleToInt64Bits(number)); break;
            case DateTimeOffset time: writer.Write((byte)ValueType.Time); writer.Write(time.UtcTicks); break;
            default: throw new ArgumentException($"Tables hold no {value.GetType().Name}.", nameof(value));
        }
    }

    static void WriteBytes(BinaryWriter writer, ValueType type, byte[] bytes)
    {
        writer.Write((byte)type);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    static object ReadValue(ReadOnlySpan<byte> body, ref int at)
    {
        var type = (ValueType)Take(body, ref at, 1)[0];
        return type switch
        {
            ValueType.Text => Encoding.UTF8.GetString(Take(body, ref at, ReadInt32(body, ref at))),
            ValueType.Bytes => Take(body, ref at, ReadInt32(body, ref at)).ToArray(),
            ValueType.Bool => Take(body, ref at, 1)[0] != 0,
            ValueType.Int => ReadInt32(body, ref at),
            ValueType.Long => ReadInt64(body, ref at),
            ValueType.Double => BitConverter.Int64BitsToDouble(ReadInt64(body, ref at)),
            ValueType.Time => new DateTimeOffset(ReadInt64(body, ref at), TimeSpan.Zero),
            _ => throw new InvalidDataException($"A table row has a value of type {(byte)type} at byte {at - 1}, expected 1 to 7."),
        };
    }

    static int ReadInt32(ReadOnlySpan<byte> body, ref int at) => BinaryPrimitives.ReadInt32LittleEndian(Take(body, ref at, 4));

    static long ReadInt64(ReadOnlySpan<byte> body, ref int at) => BinaryPrimitives.ReadInt64LittleEndian(Take(body, ref at, 8));

    static ReadOnlySpan<byte> Take(ReadOnlySpan<byte> body, ref int at, int length)
    {
        if (length < 0 || length > body.Length - at)
            throw new InvalidDataException($"A table row ends at byte {body.Length}, expected {length} more at {at}.");
        at += length;
        return body.Slice(at - length, length);
    }
}
