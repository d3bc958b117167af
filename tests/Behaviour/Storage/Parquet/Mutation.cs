namespace Cairn.Behaviour.Storage.Parquet;

/// <summary>What disks, networks and people do to files.</summary>
static class Mutation
{
    /// <summary>One to three changes, always at least one that shows.</summary>
    public static byte[] Of(byte[] original, Random random)
    {
        while (true)
        {
            var bytes = (byte[])original.Clone();
            for (var changes = 1 + random.Next(3); changes > 0 && bytes.Length > 0; changes--) bytes = Change(bytes, random);
            if (!bytes.AsSpan().SequenceEqual(original)) return bytes;
        }
    }

    static byte[] Change(byte[] bytes, Random random)
    {
        // Half of the changes hit the last quarter, where the footer is.
        var at = random.Next(2) == 0 ? random.Next(bytes.Length) : bytes.Length - 1 - random.Next((bytes.Length / 4) + 1);
        var length = Math.Min(bytes.Length - at, 1 + random.Next(random.Next(2) == 0 ? 4 : 200));
        switch (random.Next(8))
        {
            case 0: return bytes[..at];
            case 1: return [.. bytes[..at], .. bytes[(at + length)..]];
            case 2: return [.. bytes[..at], .. bytes.AsSpan(at, length), .. bytes[at..]];
            case 3:
                bytes.AsSpan(at, length).Clear();
                return bytes;
            case 4:
                random.NextBytes(bytes.AsSpan(at, length));
                return bytes;
            case 5:
                bytes.AsSpan(random.Next(bytes.Length - length + 1), length).CopyTo(bytes.AsSpan(at));
                return bytes;
            case 6:
                bytes[at] = (byte)(random.Next(2) == 0 ? 0xFF : bytes[at] + 1);
                return bytes;
            default:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }
}
