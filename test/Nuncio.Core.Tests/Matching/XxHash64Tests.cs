using System.Text;
using Nuncio.Core.Matching;

namespace Nuncio.Core.Tests.Matching;

public sealed class XxHash64Tests
{
    /// <summary>From the specification's reference implementation, one for each way through the algorithm.</summary>
    [Theory]
    [InlineData("", 0, 0xEF46DB3751D8E999)]
    [InlineData("a", 0, 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0, 0x44BC2CF5AD770999)]
    [InlineData("foobar", 0, 0xA2AA05ED9085AAF9)]
    [InlineData("Nobody inspects the spammish repetition", 0, 0xFBCEA83C8A378BF1)]
    [InlineData("xxhash", 20141025, 0xB559B98D844E0635)]
    public void Hash_IsTheReferences(string text, ulong seed, ulong hash) => Assert.Equal(hash, XxHash64.Hash(Encoding.ASCII.GetBytes(text), seed));
}
