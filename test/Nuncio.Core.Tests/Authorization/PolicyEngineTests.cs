using Nuncio.Core.Authorization;
using Nuncio.Core.Authorization.Rules;
using Nuncio.Core.Streams;
using Nuncio.IO.Sockets;

namespace Nuncio.Core.Tests.Authorization;

public sealed class PolicyEngineTests
{
    private static readonly AnyRule s_yes = new();
    private static readonly NotRule s_no = new(s_yes);

    [Theory]
    [InlineData(AuthorizationAction.Allow, true, true)]
    [InlineData(AuthorizationAction.Allow, false, false)]
    [InlineData(AuthorizationAction.Deny, true, false)]
    [InlineData(AuthorizationAction.Deny, false, true)]
    [InlineData(AuthorizationAction.Log, true, true)]
    [InlineData(AuthorizationAction.Log, false, true)]
    public void Action_SaysWhatAMatchMeans(AuthorizationAction action, bool matches, bool allowed)
    {
        PolicyEngine engine = new(action, [new AuthorizationPolicy("p", matches ? s_yes : s_no, s_yes)]);
        AuthorizationDecision decision = Decide(engine);
        Assert.Equal(allowed, decision.IsAllowed);
        Assert.Equal(matches ? "p" : null, decision.Policy?.Name);
        Assert.Equal(action == AuthorizationAction.Log ? matches : null, decision.LogHint);
    }

    [Fact]
    public void NoPolicy_AllowsNothingAndDeniesNothing()
    {
        Assert.False(Decide(new PolicyEngine(AuthorizationAction.Allow, [])).IsAllowed);
        Assert.True(Decide(new PolicyEngine(AuthorizationAction.Deny, [])).IsAllowed);
    }

    [Fact]
    public void Policy_NeedsAPermissionAndAPrincipal()
    {
        Assert.False(Decide(new PolicyEngine(AuthorizationAction.Allow, [new AuthorizationPolicy("p", s_yes, s_no)])).IsAllowed);
        Assert.False(Decide(new PolicyEngine(AuthorizationAction.Allow, [new AuthorizationPolicy("p", s_no, s_yes)])).IsAllowed);
    }

    [Fact]
    public void FirstPolicyByName_Counts()
    {
        PolicyEngine engine = new(AuthorizationAction.Deny, [new AuthorizationPolicy("b", s_yes, s_yes), new AuthorizationPolicy("a", s_no, s_yes), new AuthorizationPolicy("B", s_yes, s_yes)]);
        Assert.Equal("B", Decide(engine).Policy?.Name);
    }

    [Fact]
    public void DeniedDetails_HoldNoSpace()
    {
        Assert.Equal("rbac_access_denied_matched_policy[my_own_policy]", new AuthorizationPolicy("my own\tpolicy").DeniedDetails);
        Assert.Equal("rbac_access_denied_matched_policy[none]", default(AuthorizationDecision).DeniedDetails);
    }

    [Fact]
    public void Decision_AllocatesNothing()
    {
        PolicyEngine engine = new(
            AuthorizationAction.Allow,
            [new AuthorizationPolicy("p", new OrRule([s_no, new AndRule([s_yes, new PortRule(80, 81)])]), new ServerNameRule(new Core.Matching.StringMatcher(Core.Matching.StringMatchKind.Suffix, ".example.com", ignoreCase: true)))]);
        ConnectionInfo info = Info();
        info.RequestedServerName = "a.example.com";
        Assert.True(engine.Decide(AuthorizationInput.Of(info)).IsAllowed);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            engine.Decide(AuthorizationInput.Of(info));
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static AuthorizationDecision Decide(AuthorizationEngine engine) => engine.Decide(AuthorizationInput.Of(Info()));

    private static ConnectionInfo Info() => new(NetworkAddress.FromIPv4(0x0A000001, 80), NetworkAddress.FromIPv4(0x0A000002, 5000));
}
